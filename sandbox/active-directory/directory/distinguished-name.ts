import { adError } from './ad-error.js';
import { comparisonKey } from './comparison.js';

/** One relative name of a DN. AD has no multi-valued RDNs. */
export interface Rdn {
  type: string;
  value: string;
}

/** A DN from the leaf to the root. */
export type DistinguishedName = Rdn[];

/** The key under which a sibling is found: two names with the same key are the same name to AD. */
export function rdnKey(rdn: Rdn): string {
  return `${rdn.type.toLowerCase()}=${comparisonKey(rdn.value)}`;
}

/** Whether two DNs name the same entry. */
export function sameDn(a: DistinguishedName, b: DistinguishedName): boolean {
  return a.length === b.length && a.every((rdn, index) => rdnKey(rdn) === rdnKey(b[index] as Rdn));
}

/**
 * Writes one RDN with the escapes of RFC 4514, section 2.4. Line feeds (AD puts one into the names of deleted
 * objects) and other control characters become hexadecimal pairs.
 */
export function formatRdn({ type, value }: Rdn): string {
  const escaped = value
    .replace(/[\\",+<>;=]/g, '\\$&')
    // biome-ignore lint/suspicious/noControlCharactersInRegex: exactly the control characters are to be escaped
    .replace(/[\u0000-\u001f]/g, (char) => `\\${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`)
    .replace(/^[ #]/, '\\$&')
    .replace(/ $/, '\\ ');
  return `${type}=${escaped}`;
}

/** Writes a DN as AD does: no blanks, types as stored. */
export function formatDn(dn: DistinguishedName): string {
  return dn.map(formatRdn).join(',');
}

/**
 * Parses the string form of a DN (RFC 4514), blanks around separators allowed, quoted values (RFC 1779) too.
 * @throws AdError invalidDNSyntax
 */
export function parseDn(text: string): DistinguishedName {
  const dn: DistinguishedName = [];
  if (text.trim() === '') return dn;
  let position = 0;
  while (position <= text.length) {
    const type = /^ *(?:oid\.)?([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*) *= */i.exec(text.slice(position));
    if (!type?.[1]) throw adError.invalidDn();
    const { value, end } = parseValue(text, position + type[0].length);
    dn.push({ type: type[1], value });
    if (end === text.length) return dn;
    if (text[end] === '+') throw adError.invalidDn();
    position = end + 1;
  }
  throw adError.invalidDn();
}

/** Parses a single RDN, as a rename request carries it. */
export function parseRdn(text: string): Rdn {
  const [rdn, ...rest] = parseDn(text);
  if (!rdn || rest.length > 0) throw adError.invalidDn();
  return rdn;
}

function parseValue(text: string, start: number): { value: string; end: number } {
  const bytes: number[] = [];
  let position = start;
  let keep = 0; // bytes up to here are no trailing blanks
  const quoted = text[position] === '"';
  if (quoted) position += 1;
  for (; position < text.length; ) {
    const char = String.fromCodePoint(text.codePointAt(position) as number);
    if (quoted ? char === '"' : /[,;+]/.test(char)) break;
    if (!quoted && /["<>]/.test(char)) throw adError.invalidDn();
    if (char === '\\') {
      const escaped = /^\\([0-9A-Fa-f]{2}|[^0-9A-Fa-f])/u.exec(text.slice(position, position + 3));
      if (!escaped?.[1]) throw adError.invalidDn();
      if (/^[0-9A-Fa-f]{2}$/.test(escaped[1])) bytes.push(Number.parseInt(escaped[1], 16));
      else bytes.push(...Buffer.from(escaped[1]));
      position += escaped[0].length;
      keep = bytes.length;
    } else {
      bytes.push(...Buffer.from(char));
      position += char.length;
      if (quoted || char !== ' ') keep = bytes.length;
    }
  }
  if (quoted) {
    if (text[position] !== '"') throw adError.invalidDn();
    const after = /^" */.exec(text.slice(position)) as RegExpExecArray;
    position += after[0].length;
    if (position < text.length && !/[,;]/.test(text[position] as string)) throw adError.invalidDn();
  }
  if (keep === 0) throw adError.invalidDn();
  return { value: Buffer.from(bytes.slice(0, keep)).toString('utf8'), end: position };
}
