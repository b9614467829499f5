import type { AttributeValue } from '../person/attributes.js';

/** The longest text that goes into a directory, in characters. */
const LONGEST_VALUE = 10_000;

/** Most values of one attribute. */
const MOST_VALUES = 1_000;

/** What is wrong with a text as a value: a clause (`has a control character in it`), or `undefined`. */
export function textProblem(text: string, multiline = false): string | undefined {
  if (text.length > LONGEST_VALUE) return `is longer than ${LONGEST_VALUE} characters`;
  const control = /\p{Cc}/u.exec(multiline ? text.replace(/[\t\r\n]/g, '') : text)?.[0];
  if (control !== undefined) {
    const code = control.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0');
    return `has a control character in it (U+${code})`;
  }
  if (/\p{Cs}/u.test(text)) return 'is no valid Unicode text';
  return undefined;
}

/**
 * What an expression gave, as the value of an attribute: whole numbers stay numbers, lists hold texts without empty and
 * repeated ones, and nothing (null, an empty text, an empty list) is null. `problem` is a clause for a sentence.
 */
export function toAttributeValue(given: unknown): { value: AttributeValue } | { problem: string } {
  if (given === null || given === undefined || given === '') return { value: null };
  if (typeof given === 'boolean') return { value: given };
  if (typeof given === 'bigint') {
    const number = Number(given);
    return Number.isSafeInteger(number) ? { value: number } : { problem: 'is a number too large' };
  }
  if (typeof given === 'number') return Number.isFinite(given) ? { value: given } : { problem: 'is not a number' };
  if (typeof given === 'string') {
    const problem = textProblem(given, true);
    return problem ? { problem } : { value: given };
  }
  return Array.isArray(given) ? toList(given) : { problem: 'is neither a text, a number, true, false nor a list' };
}

function toList(given: unknown[]): { value: AttributeValue } | { problem: string } {
  if (given.length > MOST_VALUES) return { problem: `has more than ${MOST_VALUES} values` };
  const texts = new Set<string>();
  for (const each of given) {
    if (each === null || each === '') continue;
    if (typeof each !== 'string') return { problem: 'is a list of something else than texts' };
    const problem = textProblem(each, true);
    if (problem) return { problem: `has a value that ${problem}` };
    texts.add(each);
  }
  return { value: texts.size > 0 ? [...texts] : null };
}

/**
 * Whether a directory's value is what is wanted. Directories give numbers and booleans back as texts, one value for a
 * list of one, and lists in any order.
 */
export function sameValue(known: AttributeValue | undefined, wanted: AttributeValue): boolean {
  const left = asTexts(known);
  const right = asTexts(wanted);
  return left.size === right.size && [...left].every((text) => right.has(text));
}

function asTexts(value: AttributeValue | undefined): Set<string> {
  if (value === null || value === undefined || value === '') return new Set();
  if (typeof value === 'boolean') return new Set([String(value).toUpperCase()]);
  return new Set(
    Array.isArray(value)
      ? value
      : [/^(true|false)$/i.test(String(value)) ? String(value).toUpperCase() : String(value)],
  );
}
