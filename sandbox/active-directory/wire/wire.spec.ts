import { once } from 'node:events';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import fc from 'fast-check';
import { BerReader, BerWriter } from 'ldapts';
import { type ActiveDirectory, startActiveDirectory } from '../active-directory.js';
import { formatDn, parseDn } from '../directory/distinguished-name.js';
import { MessageFramer } from './message-framer.js';

let directory: ActiveDirectory;

beforeAll(async () => {
  directory = await startActiveDirectory();
});

afterAll(() => directory.stop());

async function open(): Promise<TLSSocket> {
  const socket = connectTls({ host: directory.host, port: directory.port, ca: directory.ca });
  await once(socket, 'secureConnect');
  return socket;
}

/** A search of the root DSE. */
function rootDseSearch(id: number): Buffer {
  const writer = new BerWriter();
  writer.startSequence();
  writer.writeInt(id);
  writer.startSequence(0x63);
  writer.writeString('');
  writer.writeEnumeration(0);
  writer.writeEnumeration(0);
  writer.writeInt(0);
  writer.writeInt(0);
  writer.writeBoolean(false);
  writer.writeString('objectClass', 0x87);
  writer.startSequence();
  writer.writeString('dnsHostName');
  writer.endSequence();
  writer.endSequence();
  writer.endSequence();
  return Buffer.from(writer.buffer);
}

function messageId(message: Buffer): number | null {
  const reader = new BerReader(message);
  reader.readSequence();
  return reader.readInt();
}

/** Collects whole messages from the server until there are so many. */
async function receive(socket: TLSSocket, count: number): Promise<Buffer[]> {
  const framer = new MessageFramer();
  const messages: Buffer[] = [];
  for await (const chunk of socket) {
    messages.push(...framer.push(chunk as Buffer));
    if (messages.length >= count) break;
  }
  return messages;
}

describe('the stream', () => {
  it('is answered in order, however requests are cut into packets', async () => {
    const requests = Buffer.concat([1, 2, 300].map(rootDseSearch));
    for (const size of [1, 7, requests.length]) {
      const socket = await open();
      socket.setNoDelay(true);
      for (let at = 0; at < requests.length; at += size) socket.write(requests.subarray(at, at + size));
      const messages = await receive(socket, 6);
      expect(messages.map(messageId)).toEqual([1, 1, 2, 2, 300, 300]);
      socket.destroy();
    }
  });

  it.each([
    ['no LDAP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['an unknown operation', Buffer.from('3005020101' + '7f00', 'hex')],
    ['a length beyond the limit', Buffer.from('308401000000', 'hex')],
    ['a negative length', Buffer.from('3084ffffffff', 'hex')],
    [
      'a filter with a length that lies',
      Buffer.from('301a02010163150400' + '0a01000a0100020100020100010100' + 'a37f0400', 'hex'),
    ],
  ])('ends with a notice when there comes %s', async (_, bytes) => {
    const socket = await open();
    socket.write(bytes);
    const [notice] = await receive(socket, 1);
    expect(notice?.includes('Error decoding ldap message')).toBe(true);
    const stillServing = await open();
    stillServing.write(rootDseSearch(1));
    expect(await receive(stillServing, 2)).toHaveLength(2);
    stillServing.destroy();
    socket.destroy();
  });

  it('survives any bytes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 60 }), async (noise) => {
        const framer = new MessageFramer();
        expect(() => {
          try {
            framer.push(Buffer.from(noise));
          } catch (error) {
            expect((error as Error).name).toBe('InvalidAsn1Error');
          }
        }).not.toThrow();
      }),
    );
  });
});

describe('names', () => {
  it('come back from their written form as they were', () => {
    const value = fc
      .string({ unit: 'grapheme', minLength: 1 })
      .filter((text) => text.trim() !== '' && !text.includes('\u0000'));
    fc.assert(
      fc.property(fc.array(fc.record({ type: fc.constantFrom('CN', 'OU', 'DC'), value }), { minLength: 1 }), (dn) => {
        expect(parseDn(formatDn(dn))).toEqual(dn);
      }),
    );
  });

  it.each([
    [
      'cn=a , ou = b',
      [
        ['cn', 'a'],
        ['ou', 'b'],
      ],
    ],
    [
      'CN="a, b",DC=x',
      [
        ['CN', 'a, b'],
        ['DC', 'x'],
      ],
    ],
    ['CN=a\\2C b\\C3\\A9', [['CN', 'a, bé']]],
    [
      'CN=a;DC=x',
      [
        ['CN', 'a'],
        ['DC', 'x'],
      ],
    ],
    ['CN=a\\ ', [['CN', 'a ']]],
  ])('%s', (text, expected) => {
    expect(parseDn(text).map(({ type, value }) => [type, value])).toEqual(expected);
  });

  it.each(['a', 'CN=', 'CN=a,', 'CN=a,b', 'CN=a+SN=b', 'CN=a\\', 'CN="a', 'CN=a<b', '=a'])('refuse %s', (text) => {
    expect(() => parseDn(text)).toThrow(expect.objectContaining({ code: 34 }));
  });
});
