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
  let value = '';
  let kept = 0;
  let position = start;
  while (text.charAt(position) === ' ') position++;
  while (position < text.length) {
    const character = text.charAt(position);
    if (character === ',' || character === ';' || character === '+') break;
    if (character !== '\\') {
      value += character;
      position += 1;
      if (character !== ' ') kept = value.length;
      continue;
    }
    const pairs = runOfPairs(text, position);
    if (!pairs && position + 1 >= text.length) return undefined;
    value += pairs ? fromPairs(pairs) : text.charAt(position + 1);
    position += pairs?.length ?? 2;
    kept = value.length;
  }
  return { value: value.slice(0, kept), end: position };
}

function runOfPairs(text: string, position: number): string | undefined {
  const run = /(?:\\[0-9A-Fa-f]{2})+/y;
  run.lastIndex = position;
  return run.exec(text)?.[0];
}

/** A character may take several pairs, so a run of them is read as a whole. */
function fromPairs(pairs: string): string {
  const bytes = pairs.split('\\').slice(1);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(
    Uint8Array.from(bytes, (pair) => Number.parseInt(pair, 16)),
  );
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
