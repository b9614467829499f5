import { randomPassword, unicodePwd } from './random-password.js';

describe('random passwords', () => {
  it('keep the complexity rule for every name, and differ', () => {
    const passwords = Array.from({ length: 200 }, randomPassword);
    expect(new Set(passwords).size).toBe(passwords.length);
    for (const password of passwords) {
      for (const kind of [/[A-Z]/, /[a-z]/, /\d/, /[^A-Za-z0-9]/]) expect(password).toMatch(kind);
      // No part of a name has room in it.
      expect(password).not.toMatch(/[A-Za-z0-9]{2}/);
      expect(Buffer.byteLength(password)).toBeLessThanOrEqual(64);
    }
  });

  it('go over the wire in quotes as UTF-16LE', () => {
    expect(unicodePwd('aé').toString('hex')).toBe('22006100e9002200');
  });
});
