/** One part of a distinguished name: `CN=Jane Doe`. Names with several attributes in one part are not used by AD. */
interface Rdn {
  type: string;
  value: string;
}

/**
 * A value as it stands in a distinguished name (RFC 4514 section 2.4). Every character that could mean something is
 * written as a hex pair, commas and backslashes too, so that splitting at commas stays right everywhere.
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

/** A distinguished name as people read it (`CN=Doe\\, Jane`), the same for every way of escaping it. */
export function readableDn(dn: string): string {
  const parts = parseDn(dn);
  if (!parts) return dn;
  return parts
    .map(({ type, value }) => `${type}=${escapeDnValue(value).replace(/\\([2-5][0-9A-F])/g, readableEscape)}`)
    .join(',');
}

function readableEscape(_: string, hex: string): string {
  return `\\${String.fromCharCode(Number.parseInt(hex, 16))}`;
}

/** The distinguished name of `CN=<commonName>` under a parent. */
export function childDn(commonName: string, parent: string): string {
  return `CN=${escapeDnValue(commonName)},${parent}`;
}

/** By anchor instead of by place (MS-ADTS 3.1.1.3.1.2.4, "Alternative Forms of DNs"). */
export function guidDn(id: string): string {
  return `<GUID=${id}>`;
}

/** The parts of a distinguished name, unescaped; `undefined` if the text is none (RFC 4514). */
export function parseDn(dn: string): Rdn[] | undefined {
  const parts: Rdn[] = [];
  for (const part of splitUnescaped(dn)) {
    const match = /^\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)+)\s*=(.*)$/s.exec(part);
    const value = match?.[2] === undefined ? undefined : unescapeDnValue(match[2]);
    if (!match?.[1] || value === undefined) return undefined;
    parts.push({ type: match[1], value });
  }
  return parts.length > 0 ? parts : undefined;
}

/** The value of the first part: an object's own name. */
export function nameOf(dn: string): string {
  return parseDn(dn)?.[0]?.value ?? dn;
}

/** The distinguished name without its first part; empty for a name of one part. */
export function parentOf(dn: string): string {
  const first = splitUnescaped(dn)[0] ?? '';
  return dn.slice(first.length + 1);
}

/** Whether both name the same object: without regard to case, spaces after commas and ways of escaping. */
export function sameDn(a: string, b: string): boolean {
  return normalized(a).join(',') === normalized(b).join(',');
}

/** Whether an object is the base or stands below it. */
export function isWithin(dn: string, base: string): boolean {
  const [inner, outer] = [normalized(dn), normalized(base)];
  return inner.length >= outer.length && inner.slice(inner.length - outer.length).join(',') === outer.join(',');
}

/** The domain that a distinguished name belongs to: its `DC=` parts. Empty if it has none. */
export function domainOf(dn: string): string {
  return splitUnescaped(dn)
    .filter((part) => /^\s*DC\s*=/i.test(part))
    .map((part) => part.trim())
    .join(',');
}

function normalized(dn: string): string[] {
  return (parseDn(dn) ?? [{ type: '', value: dn }]).map(
    ({ type, value }) => `${type.toLowerCase()}=${escapeDnValue(value.toLowerCase())}`,
  );
}

function splitUnescaped(dn: string): string[] {
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < dn.length; at++) {
    if (dn[at] === '\\') at++;
    else if (dn[at] === ',') {
      parts.push(dn.slice(start, at));
      start = at + 1;
    }
  }
  return [...parts, dn.slice(start)];
}

/** `undefined` where a backslash escapes nothing, or an unescaped quote or plus makes the name one that AD never gives. */
function unescapeDnValue(text: string): string | undefined {
  const bytes: Buffer[] = [];
  const trimmed = text.replace(/^ +/, '').replace(/((?:^|[^\\])(?:\\\\)*) +$/, '$1');
  for (const [token, hex, char] of trimmed.matchAll(/\\([0-9a-fA-F]{2})|\\([\s\S]?)|[\s\S]/gu)) {
    if (hex !== undefined) bytes.push(Buffer.from(hex, 'hex'));
    else if (char !== undefined) {
      if (!/^["+,;<>=\\# ]$/.test(char)) return undefined;
      bytes.push(Buffer.from(char));
    } else if (/["+;<>]/.test(token)) return undefined;
    else bytes.push(Buffer.from(token));
  }
  return Buffer.concat(bytes).toString();
}
