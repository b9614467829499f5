import { sameValue, toAttributeValue } from './attribute-value.js';

describe('a value for a directory', () => {
  it.each([
    ['Jane', 'Jane'],
    ['', null],
    [null, null],
    [undefined, null],
    [[], null],
    [['', null], null],
    [3n, 3],
    [2.5, 2.5],
    [false, false],
    [
      ['b', 'a', 'b', ''],
      ['b', 'a'],
    ],
    ['Main St 1\r\nSpringfield', 'Main St 1\r\nSpringfield'],
  ])('%p becomes %p', (given, value) => {
    expect(toAttributeValue(given)).toEqual({ value });
  });

  it.each([
    ['a\0b', 'has a control character in it (U+0000)'],
    ['a\x1b[31m', 'has a control character in it (U+001B)'],
    ['\ud800', 'is no valid Unicode text'],
    ['x'.repeat(10_001), 'is longer than 10000 characters'],
    [['ok', 'a\0'], 'has a value that has a control character in it (U+0000)'],
    [[1n], 'is a list of something else than texts'],
    [new Map(), 'is neither a text, a number, true, false nor a list'],
    [Number.NaN, 'is not a number'],
    [2n ** 60n, 'is a number too large'],
  ])('%p is refused', (given, problem) => {
    expect(toAttributeValue(given)).toEqual({ problem });
  });
});

describe('a directory’s value and the wanted one', () => {
  it.each([
    ['3', 3],
    ['TRUE', true],
    ['a', ['a']],
    [
      ['b', 'a'],
      ['a', 'b'],
    ],
    [undefined, null],
    ['', null],
    [[], null],
  ])('%p is %p already', (known, wanted) => {
    expect(sameValue(known, wanted)).toBe(true);
  });

  it.each([
    ['a', 'A'],
    [['a'], ['a', 'b']],
    ['a', null],
    [undefined, 'a'],
    ['FALSE', true],
  ])('%p is not yet %p', (known, wanted) => {
    expect(sameValue(known, wanted)).toBe(false);
  });
});
