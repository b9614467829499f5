import { RE2JS } from 're2js';

/** The longest text that a function of the expression language gives, in characters. */
const LONGEST_TEXT = 16_384;

/** Letters that Unicode does not take apart into a base letter and a mark. */
const LETTERS: Record<string, string> = {
  ß: 'ss',
  ẞ: 'SS',
  æ: 'ae',
  Æ: 'AE',
  œ: 'oe',
  Œ: 'OE',
  ø: 'o',
  Ø: 'O',
  ł: 'l',
  Ł: 'L',
  đ: 'd',
  Đ: 'D',
  ð: 'd',
  Ð: 'D',
  þ: 'th',
  Þ: 'Th',
  ħ: 'h',
  Ħ: 'H',
  ŧ: 't',
  Ŧ: 'T',
  ı: 'i',
  ŋ: 'n',
  Ŋ: 'N',
};

/** Accents go, some letters become two, and what has no Latin letter behind it is dropped. Printable ASCII remains. */
export function ascii(text: string): string {
  return text
    .replace(/[^\0-\x7f]/gu, (letter) => LETTERS[letter] ?? letter)
    .normalize('NFKD')
    .replace(/[^\x20-\x7e]/g, '');
}

/**
 * A text that can stand in a logon name or before the `@` of an address: `ascii` in lower case, blanks as hyphens, only
 * letters, digits, `.`, `_` and `-`, no two of these signs in a row and none at an end.
 */
export function slug(text: string): string {
  return ascii(text)
    .toLowerCase()
    .trim()
    .replace(/ +/g, '-')
    .replace(/[^a-z0-9._-]/g, '')
    .replace(/([._-])[._-]+/g, '$1')
    .replace(/^[._-]+|[._-]+$/g, '');
}

/** The first letter of each word, in upper case: `Anna-Maria van Dyk` gives `AMVD`. */
export function initials(text: string): string {
  return text
    .split(/[\s-]+/u)
    .map((word) => [...word][0] ?? '')
    .join('')
    .toUpperCase();
}

/** The characters from `start` up to and without `end`, counted from 0; positions beyond the text are no error. */
export function substring(text: string, start: bigint, end?: bigint): string {
  return [...text].slice(position(start), end === undefined ? undefined : position(end)).join('');
}

function position(value: bigint): number {
  return Math.max(0, Math.min(LONGEST_TEXT, Number(value)));
}

/** Every occurrence of one text replaced by another. */
export function replace(text: string, search: string, replacement: string): string {
  if (search === '') return text;
  return limited(text.split(search).join(replacement));
}

/** The texts of a list in one, with a separator between them; those that are empty or null are left out. */
export function join(list: unknown[], separator: string): string {
  const texts = list.filter((each) => each !== null && each !== '');
  if (!texts.every((each) => typeof each === 'string')) throw new Error('join takes a list of texts');
  return limited(texts.join(separator));
}

function limited(text: string): string {
  if (text.length > LONGEST_TEXT) throw new Error(`the text would be longer than ${LONGEST_TEXT} characters`);
  return text;
}

const patterns = new Map<string, RE2JS>();

/**
 * A regular expression of RE2, which takes linear time whatever the text. Throws with RE2's own words when it is none.
 * Patterns are literals of policies, so there are few of them; they are kept.
 */
export function re2(pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known) return known;
  if (patterns.size >= 1_000) patterns.clear();
  const compiled = RE2JS.compile(pattern);
  patterns.set(pattern, compiled);
  return compiled;
}

/** Whether the pattern is found somewhere in the text; anchor it with `^` and `$` for all of it. */
export function matchesRe2(text: string, pattern: string): boolean {
  return re2(pattern).matcher(text).find();
}
