/**
 * Whether mail can be sent there: one address and nothing else. No list, no display name, no quoted local part, no
 * control character, so that nothing that HR sends becomes a second recipient or a header. Accents are fine (RFC 6531).
 */
export function isMailAddress(text: string): boolean {
  const [, local, domain] = /^([^\s@<>()[\]\\,;:"\p{C}]+)@([^\s@<>()[\]\\,;:"\p{C}]+)$/u.exec(text) ?? [];
  if (!local || !domain || text.length > 254 || Buffer.byteLength(local) > 64) return false;
  return ![local, ...domain.split('.')].some((label) => label === '' || label.startsWith('-') || label.endsWith('.'));
}
