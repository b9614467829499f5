import fc from 'fast-check';
import { childDn, escapeDnValue, isWithin, namingParts, parentOf, readableDn, sameDn } from './distinguished-names.js';

const value = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 });
const parts = fc.array(fc.record({ type: fc.constantFrom('cn', 'uid', 'ou'), value }), { minLength: 1, maxLength: 3 });

describe('distinguished names', () => {
  it('escape every value so that it comes back, with its parent', () => {
    fc.assert(
      fc.property(parts, value, (name, unit) => {
        const parent = `ou=${escapeDnValue(unit)},dc=example,dc=org`;
        const dn = childDn(name, parent);
        expect(namingParts(dn)).toEqual(name);
        expect(parentOf(dn)).toBe(parent);
        expect(isWithin(dn, parent)).toBe(true);
        expect(isWithin(dn, 'dc=example,dc=org')).toBe(true);
        expect(isWithin(parent, dn)).toBe(false);
      }),
    );
  });

  it('read alike however they were escaped', () => {
    fc.assert(
      fc.property(parts, (name) => {
        const dn = childDn(name, 'dc=example');
        const readable = readableDn(dn);
        expect(namingParts(readable)).toEqual(name);
        expect(readableDn(readable)).toBe(readable);
        expect(sameDn(readable, dn)).toBe(true);
        expect(parentOf(readable)).toBe('dc=example');
      }),
    );
    expect(readableDn('cn=Doe\\2C Jane\\5C,ou=a\\3db')).toBe('cn=Doe\\, Jane\\\\,ou=a\\=b');
  });

  it('leave nothing in an escaped value at which a name could be split', () => {
    fc.assert(
      fc.property(value, (name) => {
        expect(escapeDnValue(name).replace(/\\[0-9A-F]{2}/g, '')).not.toMatch(/[,\\"+;<>=]/);
      }),
    );
  });

  it.each([
    ['uid=jane, ou=People,dc=Example', 'UID=Jane,ou=people,DC=example', true],
    ['cn=Doe\\2C Jane,dc=example', 'cn=Doe\\, Jane,dc=example', true],
    ['cn=Doe,cn=Jane,dc=example', 'cn=Doe\\, Jane,dc=example', false],
    ['uid=jane,dc=example', 'uid=jane2,dc=example', false],
  ])('%s and %s are the same: %s', (a, b, expected) => {
    expect(sameDn(a, b)).toBe(expected);
  });

  it('do not take one name that ends like another for its child', () => {
    expect(isWithin('ou=xpeople,dc=example', 'people,dc=example')).toBe(false);
    expect(isWithin('ou=a,dc=example', 'ou=b,dc=example')).toBe(false);
  });
});
