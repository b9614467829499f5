import { type AccountNames, brokenRules, mergeRules, ruleSentences } from './password-check.js';

const nobody: AccountNames = { logonNames: [], displayNames: [] };
const windows = { minLength: 7, complex: true, history: 24 };

describe('the rules of several directories', () => {
  it('become one set that keeps them all', () => {
    expect(
      mergeRules([
        { minLength: 7, complex: true, history: 24 },
        { minLength: 8, maxLength: 256, complex: false, history: 0 },
        { minLength: 4, maxLength: 64, complex: false, history: 1 },
      ]),
    ).toEqual({ minLength: 8, maxLength: 64, complex: true, history: 24 });
  });

  it('demand something even when no directory does: nobody has an empty password', () => {
    expect(brokenRules('', mergeRules([]), nobody)).toEqual(['Use at least 1 character.']);
  });

  it('are shown as sentences', () => {
    expect(ruleSentences(mergeRules([windows]))).toEqual([
      'Use at least 7 characters.',
      expect.stringContaining('three of these'),
      expect.stringContaining('your name'),
      'Do not use one of your last 24 passwords again.',
    ]);
  });

  it('say so when they exclude one another', () => {
    const rules = mergeRules([windows, { minLength: 1, maxLength: 6, complex: false, history: 0 }]);
    expect(ruleSentences(rules).at(-1)).toMatch(/No password can keep/);
  });
});

describe('a password', () => {
  it.each([
    ['Passw0rd', 'three kinds'],
    ['PASS-w0rd', 'four kinds'],
    ['密码abcDEF', 'letters without case'],
    ['ΑΒΓαβγ12', 'Greek capitals and small letters'],
  ])('%s keeps the rules of Windows (%s)', (password) => {
    expect(brokenRules(password, windows, nobody)).toEqual([]);
  });

  it.each([
    ['password1', 'two kinds'],
    ['password€', 'a currency sign, which Windows does not count'],
  ])('%s breaks them (%s)', (password) => {
    expect(brokenRules(password, windows, nobody)).toEqual([expect.stringContaining('three of these')]);
  });

  it('is too short or too long', () => {
    expect(brokenRules('Aa1!', windows, nobody)).toEqual(['Use at least 7 characters.']);
    expect(brokenRules('Aa1!Aa1!', { ...windows, maxLength: 7 }, nobody)).toEqual(['Use at most 7 characters.']);
  });

  it('cannot make up its length with characters of two units', () => {
    expect(brokenRules('😀😀😀Aa1', { ...windows, minLength: 9 }, nobody)).toContain('Use at least 9 characters.');
  });

  it.each(['Xjdoe2!Y', 'xX9!SMITHs', 'JANE-9-xyz'])('%s contains a name of Jane Smith, jdoe', (password) => {
    const names = { logonNames: ['jdoe'], displayNames: ['Jane Smith'] };
    expect(brokenRules(password, windows, names)).toEqual(['Leave out your name and your logon name.']);
  });

  it('may contain a part of a name that is shorter than three characters', () => {
    expect(brokenRules('Lithium-42', windows, { logonNames: ['li'], displayNames: ['Li Wu'] })).toEqual([]);
  });

  it('has no line break or other control character', () => {
    expect(brokenRules('Aa1!Aa1!\n', windows, nobody)).toEqual([expect.stringContaining('can be typed')]);
  });
});
