import fc from 'fast-check';
import { escapeDnValue, parseDn, referenceKey } from './distinguished-name.js';

/** Milliseconds of processor time: other programs on the machine do not count. */
const cpuMs = () => process.cpuUsage().user / 1_000;

describe('a value in a distinguished name', () => {
  it.each([
    ['Smith, John', 'Smith\\, John'],
    [' padded ', '\\ padded\\ '],
    ['#1', '\\#1'],
    ['a#1', 'a#1'],
    ['a+b="c";<d>\\', 'a\\+b\\=\\"c\\"\\;\\<d\\>\\\\'],
    ['line\nbreak\0', 'line\\0abreak\\00'],
    ['Zoë 😀', 'Zoë 😀'],
    [')(uid=*', ')(uid\\=*'],
  ])('%j is written %j', (value, escaped) => {
    expect(escapeDnValue(value)).toBe(escaped);
  });

  it('comes back as it was, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (cn, ou) => {
        const dn = `CN=${escapeDnValue(cn)},OU=${escapeDnValue(ou)},DC=corp`;
        expect(parseDn(dn)).toEqual([
          [{ type: 'CN', value: cn }],
          [{ type: 'OU', value: ou }],
          [{ type: 'DC', value: 'corp' }],
        ]);
      }),
      { numRuns: 1_000 },
    );
  });

  it('can be written in hex pairs and with blanks around, as servers do', () => {
    expect(parseDn('CN=Lu\\C4\\8Di\\C4\\87 , OU = a\\2Cb+L=x')).toEqual([
      [{ type: 'CN', value: 'Lučić' }],
      [
        { type: 'OU', value: 'a,b' },
        { type: 'L', value: 'x' },
      ],
    ]);
  });

  it.each(['', 'All Staff', 'CN=a,', 'CN=a\\', 'CN', '=a', 'CN=a,b'])('%j is no distinguished name', (text) => {
    expect(parseDn(text)).toBeUndefined();
  });

  it('is read in a moment, however odd', () => {
    const started = cpuMs();
    parseDn(`CN=${'\\ '.repeat(100_000)}`);
    parseDn('a'.repeat(200_000));
    parseDn('CN=a,'.repeat(20_000));
    expect(cpuMs() - started).toBeLessThan(1_000);
  });
});

describe('two ways to write one reference', () => {
  it.each([
    ['CN=Sales,OU=Groups,DC=corp', 'cn=sales, ou=Groups,dc=corp'],
    ['CN=A\\2CB,DC=corp', 'CN=A\\,B,DC=corp'],
    ['All Staff', ' all staff '],
  ])('%s and %s are equal', (one, other) => {
    expect(referenceKey(one)).toBe(referenceKey(other));
  });

  it.each([
    ['CN=Sales,DC=corp', 'CN=Sale,DC=corp'],
    ['CN=a\\+b,DC=corp', 'CN=a+b=,DC=corp'],
    ['CN=a,DC=corp', 'CN=a\\,DC\\=corp'],
  ])('%s and %s are not', (one, other) => {
    expect(referenceKey(one)).not.toBe(referenceKey(other));
  });
});
