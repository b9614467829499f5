/** One `type=value` of a relative distinguished name, the value without its escapes. */
export interface AttributeTypeAndValue {
  type: string;
  value: string;
}

/**
 * A value as it stands in a distinguished name: special characters behind a backslash (RFC 4514, section 2.4).
 * Control characters become hex pairs, so that a name never breaks a line.
 */
export function escapeDnValue(value: string): string {
  let escaped = '';
  for (let index = 0; index < value.length; index++) {
    const character = value.charAt(index);
    const atEdge = index === 0 ? /[ #]/ : / /;
    const isEdge = index === 0 || index === value.length - 1;
    if (/[\\",+;<>=]/.test(character) || (isEdge && atEdge.test(character))) escaped += `\\${character}`;
    else if (character < ' ' || character === '\x7f') escaped += `\\${hex(character.charCodeAt(0))}`;
    else escaped += character;
  }
  return escaped;
}

function hex(code: number): string {
  return code.toString(16).padStart(2, '0');
}

/**
 * The parts of a distinguished name, from the entry to the root (RFC 4514, section 3), or `undefined` when the text is
 * none. Hex pairs are UTF-8. A BER value (`#04…`) is kept as it is written.
 */
export function parseDn(text: string): AttributeTypeAndValue[][] | undefined {
  const names: AttributeTypeAndValue[][] = [[]];
  let position = 0;
  while (position < text.length) {
    const type = /^\s*([A-Za-z][A-Za-z0-9-]*|\d+(?:\.\d+)*)\s*=/.exec(text.slice(position, position + 128));
    if (!type?.[1]) return undefined;
    position += type[0].length;
    const read = readValue(text, position);
    if (!read) return undefined;
    names[names.length - 1]?.push({ type: type[1], value: read.value });
    position = read.end;
    const separator = text.charAt(position);
    if (separator === '') return names;
    if (separator !== '+') names.push([]);
    position += 1;
    if (position >= text.length) return undefined;
  }
  return undefined;
}

/** Reads up to the next separator that is not escaped; blanks around the value do not belong to it. */
function readValue(text: string, start: number): { value: string; end: number } | undefined {
  const bytes: number[] = [];
  let kept = 0;
  let position = start;
  while (text.charAt(position) === ' ') position++;
  while (position < text.length) {
    const character = text.charAt(position);
    if (character === ',' || character === ';' || character === '+') break;
    if (character === '\\') {
      const pair = /^[0-9A-Fa-f]{2}/.exec(text.slice(position + 1, position + 3));
      if (pair) {
        bytes.push(Number.parseInt(pair[0], 16));
        position += 3;
      } else {
        if (position + 1 >= text.length) return undefined;
        position = append(bytes, text, position + 1);
      }
      kept = bytes.length;
      continue;
    }
    position = append(bytes, text, position);
    if (character !== ' ') kept = bytes.length;
  }
  return { value: new TextDecoder().decode(Uint8Array.from(bytes.slice(0, kept))), end: position };
}

const encoder = new TextEncoder();

/** Appends the character at a position, a surrogate pair as one; returns the position behind it. */
function append(bytes: number[], text: string, position: number): number {
  const character = String.fromCodePoint(text.codePointAt(position) ?? 0);
  bytes.push(...encoder.encode(character));
  return position + character.length;
}

/**
 * A key under which two ways to write the same place or group are equal: case does not count, and in a distinguished
 * name neither do blanks around its parts nor the way a character is escaped.
 */
export function referenceKey(reference: string): string {
  const names = parseDn(reference);
  if (!names) return reference.trim().toLowerCase();
  return names
    .map((parts) => parts.map(({ type, value }) => `${type}=${escapeDnValue(value)}`.toLowerCase()).join('+'))
    .join(',');
}
