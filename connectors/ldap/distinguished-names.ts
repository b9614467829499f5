import { type AttributeTypeAndValue, parseDn, referenceKey } from '../../domain/mapping/distinguished-name.js';

/**
 * A value as it stands in a distinguished name (RFC 4514 section 2.4). Every character that could mean something is
 * written as a hex pair, commas and backslashes too, so that splitting at commas stays right everywhere: the client
 * library does that to a new name.
 */
export function escapeDnValue(value: string): string {
  return [...value]
    .map((char, index, all) => {
      const edge = index === 0 || index === all.length - 1;
      const special =
        char < ' ' || '"+,;<>=\\\u007f'.includes(char) || (char === '#' && index === 0) || (char === ' ' && edge);
      return special ? `\\${char.charCodeAt(0).toString(16).padStart(2, '0').toUpperCase()}` : char;
    })
    .join('');
}

/** The first part of a distinguished name; a part may consist of several attributes (`cn=Jane+uid=jane`). */
export function relativeName(parts: readonly AttributeTypeAndValue[]): string {
  return parts.map(({ type, value }) => `${type}=${escapeDnValue(value)}`).join('+');
}

/** The distinguished name of an entry with that first part under a parent. */
export function childDn(parts: readonly AttributeTypeAndValue[], parent: string): string {
  return `${relativeName(parts)},${parent}`;
}

/** What names an entry in its place: the attributes of the first part. Empty if the text is no distinguished name. */
export function namingParts(dn: string): AttributeTypeAndValue[] {
  return parseDn(dn)?.[0] ?? [];
}

/** The distinguished name without its first part; empty for a name of one part. */
export function parentOf(dn: string): string {
  for (let at = 0; at < dn.length; at++) {
    if (dn[at] === '\\') at++;
    else if (dn[at] === ',') return dn.slice(at + 1);
  }
  return '';
}

/** A distinguished name as people read it (`cn=Doe\\, Jane`), the same for every way of escaping it. */
export function readableDn(dn: string): string {
  const names = parseDn(dn);
  if (!names) return dn;
  return names.map((parts) => relativeName(parts).replace(/\\([2-5][0-9A-F])/g, readableEscape)).join(',');
}

function readableEscape(_: string, hex: string): string {
  return `\\${String.fromCharCode(Number.parseInt(hex, 16))}`;
}

/** Whether both name the same entry: without regard to case, blanks around parts and ways of escaping. */
export function sameDn(a: string, b: string): boolean {
  return referenceKey(a) === referenceKey(b);
}

/** Whether an entry is the base or stands below it. */
export function isWithin(dn: string, base: string): boolean {
  for (let place = dn; place !== ''; place = parentOf(place)) if (sameDn(place, base)) return true;
  return false;
}
