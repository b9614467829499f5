import fc from 'fast-check';
import { BerReader, BerWriter } from 'ldapts';
import { equals } from './session.js';

const EQUALITY_MATCH = 0xa3;

describe('filters', () => {
  it('carry any value byte for byte', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (value) => {
        const writer = new BerWriter();
        equals('employeeID', value).write(writer);
        const reader = new BerReader(writer.buffer);
        expect(reader.readSequence(EQUALITY_MATCH)).toBe(EQUALITY_MATCH);
        expect(reader.readString()).toBe('employeeID');
        expect(reader.readString(4, true)?.equals(Buffer.from(value))).toBe(true);
        expect(reader.remain).toBe(0);
      }),
    );
  });
});
