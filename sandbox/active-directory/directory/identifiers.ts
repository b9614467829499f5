import { randomBytes, randomUUID } from 'node:crypto';

/** A new random GUID in the byte order of objectGUID. */
export function createGuid(): Buffer {
  return guidFromText(randomUUID());
}

/**
 * The 16 bytes of a GUID written as text. The first three fields are little-endian ([MS-DTYP] 2.3.4.2).
 * @param text 36 characters with dashes
 */
export function guidFromText(text: string): Buffer {
  return swapFields(Buffer.from(text.replaceAll('-', ''), 'hex'));
}

/** The dashed text of a GUID. */
export function guidToText(guid: Buffer): string {
  const hex = swapFields(guid).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

function swapFields(guid: Buffer): Buffer {
  const swapped = Buffer.from(guid);
  swapped.subarray(0, 4).reverse();
  swapped.subarray(4, 6).reverse();
  swapped.subarray(6, 8).reverse();
  return swapped;
}

/** A new domain SID: S-1-5-21 and three random numbers ([MS-DTYP] 2.4.2). */
export function createDomainSid(): string {
  const numbers = Array.from({ length: 3 }, () => randomBytes(4).readUInt32LE());
  return `S-1-5-21-${numbers.join('-')}`;
}

/** The bytes of a SID written as S-1-… ([MS-DTYP] 2.4.2.2). */
export function sidFromText(text: string): Buffer {
  const [revision = 1, authority = 0, ...subs] = text.split('-').slice(1).map(Number);
  const sid = Buffer.alloc(8 + 4 * subs.length);
  sid[0] = revision;
  sid[1] = subs.length;
  sid.writeUIntBE(authority, 2, 6);
  subs.forEach((sub, index) => {
    sid.writeUInt32LE(sub, 8 + 4 * index);
  });
  return sid;
}

/** The text of a SID's bytes. */
export function sidToText(sid: Buffer): string {
  const subs = Array.from({ length: sid[1] ?? 0 }, (_, index) => sid.readUInt32LE(8 + 4 * index));
  return ['S', sid[0], sid.readUIntBE(2, 6), ...subs].join('-');
}

/** The last number of a SID, which tells accounts of one domain apart. */
export function relativeId(sid: Buffer): number {
  return sid.readUInt32LE(sid.length - 4);
}
