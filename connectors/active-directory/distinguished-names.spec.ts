import fc from 'fast-check';
import {
  childDn,
  domainOf,
  escapeDnValue,
  isWithin,
  nameOf,
  parentOf,
  parseDn,
  readableDn,
  sameDn,
} from './distinguished-names.js';

const value = fc.string({ unit: 'binary', minLength: 1, maxLength: 30 });

describe('distinguished names', () => {
  it('escape every value so that it comes back, with its parent', () => {
    fc.assert(
      fc.property(value, value, (name, unit) => {
        const parent = `OU=${escapeDnValue(unit)},DC=example,DC=org`;
        const dn = childDn(name, parent);
        expect(nameOf(dn)).toBe(name);
        expect(parentOf(dn)).toBe(parent);
        expect(parseDn(dn)?.map((part) => part.value)).toEqual([name, unit, 'example', 'org']);
        expect(isWithin(dn, parent)).toBe(true);
        expect(isWithin(parent, dn)).toBe(false);
      }),
    );
  });

  it('read alike however they were escaped', () => {
    fc.assert(
      fc.property(value, (name) => {
        const readable = readableDn(childDn(name, 'DC=example'));
        expect(nameOf(readable)).toBe(name);
        expect(readableDn(readable)).toBe(readable);
      }),
    );
    expect(readableDn('CN=Doe\\2C Jane\\5C,OU=a\\3db')).toBe('CN=Doe\\, Jane\\\\,OU=a\\=b');
  });

  it('leave no comma or backslash in an escaped value but those of hex pairs', () => {
    fc.assert(
      fc.property(value, (name) => {
        const escaped = escapeDnValue(name);
        expect(escaped.replace(/\\[0-9A-F]{2}/g, '')).not.toMatch(/[,\\"+;<>]/);
      }),
    );
  });

  it.each([
    ['CN=Doe\\, Jane,OU=Staff,DC=example,DC=org', 'Doe, Jane'],
    ['CN=Jane\\\\,OU=Staff,DC=example,DC=org', 'Jane\\'],
    ['CN=\\ Jane\\ ,OU=Staff,DC=example,DC=org', ' Jane '],
    ['CN=Z\\c3\\b6e,OU=Staff,DC=example,DC=org', 'Zöe'],
  ])('%s is read as other tools write it', (dn, name) => {
    expect(nameOf(dn)).toBe(name);
    expect(parentOf(dn)).toBe('OU=Staff,DC=example,DC=org');
    expect(sameDn(dn, childDn(name, 'ou=staff, dc=EXAMPLE, dc=org'))).toBe(true);
  });

  it.each(['', 'Sales', 'x)(objectClass=*', 'CN=a"b', '=x', 'CN=a\\zz'])('%s is none', (text) => {
    expect(parseDn(text)).toBeUndefined();
  });

  it('tell the domain', () => {
    expect(domainOf('OU=Staff, DC=example,DC=org')).toBe('DC=example,DC=org');
    expect(domainOf('OU=Staff')).toBe('');
  });

  it('do not take one name that ends like another for its child', () => {
    expect(isWithin('OU=XStaff,DC=example,DC=org', 'Staff,DC=example,DC=org')).toBe(false);
    expect(isWithin('OU=A,DC=example,DC=org', 'OU=B,DC=example,DC=org')).toBe(false);
  });
});
