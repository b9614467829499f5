const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether the text is a GUID as people write it. */
export function isGuid(text: string): boolean {
  return UUID.test(text);
}

/** objectGUID's 16 bytes as a lower-case UUID; the first three fields stand in little-endian order (MS-DTYP 2.3.4). */
export function guidFromBytes(bytes: Buffer): string {
  if (bytes.length !== 16) throw new RangeError(`A GUID has 16 bytes, not ${bytes.length}.`);
  const hex = swapped(bytes).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** The 16 bytes of a GUID, as objectGUID holds them. */
export function guidToBytes(guid: string): Buffer {
  if (!isGuid(guid)) throw new RangeError(`"${guid}" is no GUID.`);
  return swapped(Buffer.from(guid.replaceAll('-', ''), 'hex'));
}

function swapped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy.subarray(0, 4).reverse();
  copy.subarray(4, 6).reverse();
  copy.subarray(6, 8).reverse();
  return copy;
}

/** A SID's bytes as `S-1-5-21-…` (MS-DTYP 2.4.2.1 and 2.4.2.2). */
export function sidFromBytes(bytes: Buffer): string {
  const count = bytes[1] ?? 0;
  if (bytes.length < 8 + 4 * count) throw new RangeError('The SID is cut short.');
  const authority = bytes.readUIntBE(2, 6);
  const parts = Array.from({ length: count }, (_, i) => bytes.readUInt32LE(8 + 4 * i));
  return ['S', bytes[0], authority, ...parts].join('-');
}
