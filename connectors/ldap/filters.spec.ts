import fc from 'fast-check';
import { BerReader, BerWriter } from 'ldapts';
import { equals } from './filters.js';
import { passwordModifyValue } from './password-modify.js';

const EQUALITY_MATCH = 0xa3;
const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });

describe('what is sent', () => {
  it('carries any value of a filter byte for byte', () => {
    fc.assert(
      fc.property(text, (value) => {
        const writer = new BerWriter();
        equals('employeeNumber', value).write(writer);
        const reader = new BerReader(writer.buffer);
        expect(reader.readSequence(EQUALITY_MATCH)).toBe(EQUALITY_MATCH);
        expect(reader.readString()).toBe('employeeNumber');
        expect(reader.readString(4, true)?.equals(Buffer.from(value))).toBe(true);
        expect(reader.remain).toBe(0);
      }),
    );
  });

  it('carries any password with the name that it is for', () => {
    fc.assert(
      fc.property(text, text, (dn, password) => {
        const reader = new BerReader(passwordModifyValue(dn, password));
        reader.readSequence();
        expect(reader.readString(0x80)).toBe(dn);
        expect(reader.readString(0x82)).toBe(password);
        expect(reader.remain).toBe(0);
      }),
    );
  });
});
