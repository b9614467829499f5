import fc from 'fast-check';
import { guidFromBytes, guidToBytes, sidFromBytes } from './identifiers.js';

describe('identifiers', () => {
  it('reads an objectGUID in its byte order', () => {
    const bytes = Buffer.from('33221100554477668899aabbccddeeff', 'hex');
    expect(guidFromBytes(bytes)).toBe('00112233-4455-6677-8899-aabbccddeeff');
  });

  it('turns a GUID into bytes and back', () => {
    fc.assert(fc.property(fc.uuid(), (guid) => expect(guidFromBytes(guidToBytes(guid))).toBe(guid)));
  });

  it('refuses what is no GUID', () => {
    expect(() => guidToBytes('P1')).toThrow('no GUID');
    expect(() => guidFromBytes(Buffer.alloc(15))).toThrow('16 bytes');
  });

  it('reads a SID', () => {
    expect(sidFromBytes(Buffer.from('01020000000000052000000020020000', 'hex'))).toBe('S-1-5-32-544');
    const domain = '010500000000000515000000cf1aa63cf169fd2910563 54df4010000'.replace(' ', '');
    expect(sidFromBytes(Buffer.from(domain, 'hex'))).toBe('S-1-5-21-1017518799-704473585-1295341072-500');
    expect(() => sidFromBytes(Buffer.from('0105000000000005', 'hex'))).toThrow('cut short');
  });
});
