import { BerReader, InvalidAsn1Error } from 'ldapts';

/** AD's MaxReceiveBuffer: a larger request closes the connection (MS-ADTS 3.1.1.3.4.6). */
const MAX_MESSAGE = 10_485_760;

/** Cuts the stream of one connection into whole LDAP messages. */
export class MessageFramer {
  private chunks: Buffer[] = [];
  private held = 0;
  private wanted = 2;

  /**
   * Takes what arrived and returns the messages that are now complete.
   * @throws InvalidAsn1Error when the stream is no LDAP or a message is larger than AD takes
   */
  push(chunk: Buffer): Buffer[] {
    this.chunks.push(chunk);
    this.held += chunk.length;
    if (this.held < this.wanted) return [];
    let data = this.chunks.length === 1 ? chunk : Buffer.concat(this.chunks);
    const messages: Buffer[] = [];
    for (;;) {
      const size = messageSize(data);
      this.wanted = size ?? data.length + 1;
      if (size === undefined || size > data.length) break;
      messages.push(data.subarray(0, size));
      data = data.subarray(size);
    }
    this.chunks = data.length > 0 ? [data] : [];
    this.held = data.length;
    return messages;
  }
}

/** The full size of the message at the start of the data, or undefined while its header is incomplete. */
function messageSize(data: Buffer): number | undefined {
  if (data.length === 0) return undefined;
  if (data[0] !== 0x30) throw new InvalidAsn1Error('An LDAP message starts with a sequence');
  const reader = new BerReader(data);
  const start = reader.readLength(1);
  if (start === null) return undefined;
  if (reader.length < 0 || reader.length > MAX_MESSAGE) throw new InvalidAsn1Error('The message is too large');
  return start + reader.length;
}
