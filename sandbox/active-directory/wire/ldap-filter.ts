import type { BerReader } from 'ldapts';
import { InvalidAsn1Error } from 'ldapts';

/** A search filter as it arrives (RFC 4511, section 4.5.1.7). Values stay bytes, so binary values survive. */
export type LdapFilter =
  | { kind: 'and' | 'or'; filters: LdapFilter[] }
  | { kind: 'not'; filter: LdapFilter }
  | { kind: 'equal' | 'atLeast' | 'atMost' | 'approximately'; attribute: string; value: Buffer }
  | { kind: 'present'; attribute: string }
  | { kind: 'substrings'; attribute: string; initial?: Buffer; any: Buffer[]; final?: Buffer }
  | { kind: 'extensible'; attribute?: string; rule?: string; value: Buffer };

/** The deepest nesting taken; AD refuses filters nested too deeply as well. */
const MAX_DEPTH = 100;

/** Reads one filter at the reader's position. */
export function readFilter(reader: BerReader, depth = 0): LdapFilter {
  if (depth > MAX_DEPTH) throw new InvalidAsn1Error('The filter is nested too deeply');
  const tag = reader.peek();
  if (tag === 0x87) return { kind: 'present', attribute: readText(reader, 0x87) };
  const end = enter(reader);
  switch (tag) {
    case 0xa0:
      return { kind: 'and', filters: readSet(reader, end, depth) };
    case 0xa1:
      return { kind: 'or', filters: readSet(reader, end, depth) };
    case 0xa2:
      return { kind: 'not', filter: readFilter(reader, depth + 1) };
    case 0xa3:
      return { kind: 'equal', ...readAssertion(reader) };
    case 0xa4:
      return readSubstrings(reader);
    case 0xa5:
      return { kind: 'atLeast', ...readAssertion(reader) };
    case 0xa6:
      return { kind: 'atMost', ...readAssertion(reader) };
    case 0xa8:
      return { kind: 'approximately', ...readAssertion(reader) };
    case 0xa9:
      return readExtensible(reader, end);
    default:
      throw new InvalidAsn1Error(`There is no filter choice with tag ${tag}`);
  }
}

/** Steps into a constructed value and returns the offset at which it ends. */
export function enter(reader: BerReader, tag?: number): number {
  if (reader.readSequence(tag) === null || reader.length > reader.remain) {
    throw new InvalidAsn1Error('The message ends in the middle of a value');
  }
  return reader.offset + reader.length;
}

/** Reads a primitive value as bytes. */
export function readBytes(reader: BerReader, tag = 0x04): Buffer {
  const bytes = reader.readString(tag, true);
  if (bytes === null) throw new InvalidAsn1Error('The message ends in the middle of a value');
  return bytes;
}

/** Reads a primitive value as UTF-8 text. */
export function readText(reader: BerReader, tag = 0x04): string {
  return readBytes(reader, tag).toString('utf8');
}

function readSet(reader: BerReader, end: number, depth: number): LdapFilter[] {
  const filters: LdapFilter[] = [];
  while (reader.offset < end) filters.push(readFilter(reader, depth + 1));
  return filters;
}

function readAssertion(reader: BerReader): { attribute: string; value: Buffer } {
  return { attribute: readText(reader), value: readBytes(reader) };
}

function readSubstrings(reader: BerReader): LdapFilter {
  const filter: LdapFilter & { kind: 'substrings' } = { kind: 'substrings', attribute: readText(reader), any: [] };
  const end = enter(reader);
  while (reader.offset < end) {
    const tag = reader.peek();
    if (tag === 0x80) filter.initial = readBytes(reader, tag);
    else if (tag === 0x82) filter.final = readBytes(reader, tag);
    else filter.any.push(readBytes(reader, 0x81));
  }
  return filter;
}

function readExtensible(reader: BerReader, end: number): LdapFilter {
  const filter: LdapFilter & { kind: 'extensible' } = { kind: 'extensible', value: Buffer.alloc(0) };
  while (reader.offset < end) {
    const tag = reader.peek();
    if (tag === 0x81) filter.rule = readText(reader, tag);
    else if (tag === 0x82) filter.attribute = readText(reader, tag);
    else if (tag === 0x83) filter.value = readBytes(reader, tag);
    else readBytes(reader, 0x84);
  }
  return filter;
}
