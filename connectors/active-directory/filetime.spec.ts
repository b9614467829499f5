import fc from 'fast-check';
import { decodeFiletime, encodeFiletime } from './filetime.js';

describe('expiries', () => {
  it('last until the end of a day', () => {
    expect(encodeFiletime('1970-01-01')).toBe('116445600000000000');
    expect(encodeFiletime('1970-01-02T00:00:00Z')).toBe('116445600000000000');
    expect(decodeFiletime('116445600000000000')).toBe('1970-01-01');
  });

  it.each(['0', '9223372036854775807'])('%s is never', (value) => expect(decodeFiletime(value)).toBeUndefined());

  it.each(['', 'soon', '2026-13-01', '2026-02-30', '2026-01-01T10:00:00', '1600-01-01'])('%s is none', (text) => {
    expect(encodeFiletime(text)).toBeUndefined();
  });

  it('come back as they were written', () => {
    const days = fc.date({ min: new Date('1900-01-01'), max: new Date('2200-01-01'), noInvalidDate: true });
    fc.assert(
      fc.property(days, fc.boolean(), (date, whole) => {
        const instant = date.toISOString();
        const text = whole || instant.endsWith('T00:00:00.000Z') ? instant.slice(0, 10) : instant;
        expect(decodeFiletime(encodeFiletime(text) as string)).toBe(text);
      }),
    );
  });
});
