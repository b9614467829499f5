/**
 * The key by which AD compares text: case, accents, kana type and width do not count (MS-ADTS 6.5.1). So "José" and
 * "jose" are one name, in searches and where names must be unique. Windows' own sort tables are not reproduced: this
 * is Unicode's compatibility decomposition without its combining marks.
 */
export function comparisonKey(text: string): string {
  if (PLAIN.test(text)) return text.toLowerCase();
  return text
    .normalize('NFKD')
    .replace(/\p{Mn}/gu, '')
    .replace(/[\u30a1-\u30f6]/g, (kana) => String.fromCharCode(kana.charCodeAt(0) - 0x60))
    .toLowerCase();
}

const PLAIN = /^[\x20-\x7e]*$/;
