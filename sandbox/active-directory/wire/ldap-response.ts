import { BerWriter } from 'ldapts';
import type { LdapRequest, WireAttribute } from './ldap-request.js';

/** How an operation ended (RFC 4511, section 4.1.9). */
export interface LdapResult {
  code: number;
  message: string;
  matchedDn: string;
}

export interface ResponseControl {
  oid: string;
  value: Buffer;
}

/** An entry as a search returns it. */
export interface ResultEntry {
  dn: string;
  attributes: WireAttribute[];
}

export const SUCCESS: LdapResult = { code: 0, message: '', matchedDn: '' };

const RESPONSE_TAGS: Partial<Record<LdapRequest['op'], number>> = {
  bind: 0x61,
  search: 0x65,
  modify: 0x67,
  add: 0x69,
  delete: 0x6b,
  modifyDn: 0x6d,
  compare: 0x6f,
  extended: 0x78,
};

/** Encodes the final answer of an operation. Unbind and abandon have none: the result is empty then. */
export function encodeResult(
  id: number,
  op: LdapRequest['op'],
  result: LdapResult,
  controls: readonly ResponseControl[] = [],
  extendedValue?: string,
): Buffer {
  const tag = RESPONSE_TAGS[op];
  if (tag === undefined) return Buffer.alloc(0);
  return encode(id, tag, controls, (writer) => {
    writer.writeEnumeration(result.code);
    writer.writeString(result.matchedDn);
    writer.writeString(result.message);
    if (extendedValue !== undefined) writer.writeString(extendedValue, 0x8b);
  });
}

/** Encodes one entry of a search result. */
export function encodeEntry(id: number, entry: ResultEntry): Buffer {
  return encode(id, 0x64, [], (writer) => {
    writer.writeString(entry.dn);
    writer.startSequence();
    for (const { name, values } of entry.attributes) {
      writer.startSequence();
      writer.writeString(name);
      writer.startSequence(0x31);
      for (const value of values) writer.writeBuffer(value, 0x04);
      writer.endSequence();
      writer.endSequence();
    }
    writer.endSequence();
  });
}

function encode(
  id: number,
  tag: number,
  controls: readonly ResponseControl[],
  body: (writer: BerWriter) => void,
): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(tag);
  body(writer);
  writer.endSequence();
  if (controls.length > 0) {
    writer.startSequence(0xa0);
    for (const { oid, value } of controls) {
      writer.startSequence();
      writer.writeString(oid);
      writer.writeBuffer(value, 0x04);
      writer.endSequence();
    }
    writer.endSequence();
  }
  writer.endSequence();
  return writer.buffer;
}
