import type { PasswordRules } from './password-rules.js';

/** The names of a person's accounts, which complex passwords must not contain. */
export interface AccountNames {
  /** Logon names (sAMAccountName, the local part of a UPN): looked for as a whole. */
  logonNames: string[];
  /** Display names: looked for word by word. */
  displayNames: string[];
}

/** The rules of several directories as one: a password that keeps it keeps all of them. */
export function mergeRules(rules: readonly PasswordRules[]): PasswordRules {
  const maxLengths = rules.flatMap(({ maxLength }) => (maxLength === undefined ? [] : [maxLength]));
  return {
    minLength: Math.max(1, ...rules.map(({ minLength }) => minLength)),
    ...(maxLengths.length > 0 && { maxLength: Math.min(...maxLengths) }),
    complex: rules.some(({ complex }) => complex),
    history: Math.max(0, ...rules.map(({ history }) => history)),
  };
}

const LENGTH = (minLength: number) => `Use at least ${minLength} ${minLength === 1 ? 'character' : 'characters'}.`;
const KINDS = 'Use three of these: capital letters, small letters, digits, other signs, letters without case.';
const NAMES = 'Leave out your name and your logon name.';

/** The rules as sentences, for people to read before they choose. */
export function ruleSentences(rules: PasswordRules): string[] {
  const { minLength, maxLength, complex, history } = rules;
  const sentences = [LENGTH(minLength)];
  if (maxLength !== undefined) sentences.push(longest(maxLength));
  if (complex) sentences.push(KINDS, NAMES);
  if (history > 0) sentences.push(`Do not use one of your last ${history === 1 ? '' : `${history} `}passwords again.`);
  if (maxLength !== undefined && maxLength < minLength) {
    sentences.push('No password can keep these rules of different directories at once; tell your administrator.');
  }
  return sentences;
}

/**
 * The rules that a password breaks, each as a sentence that says what to do; empty when it keeps them. Earlier passwords
 * are known to the directories alone. No sentence contains the password or a part of it.
 */
export function brokenRules(password: string, rules: PasswordRules, names: AccountNames): string[] {
  const broken: string[] = [];
  // Directories count UTF-16 units; whoever types counts characters. The stricter of both holds.
  if ([...password].length < rules.minLength) broken.push(LENGTH(rules.minLength));
  if (rules.maxLength !== undefined && password.length > rules.maxLength) broken.push(longest(rules.maxLength));
  if (/\p{Cc}|\p{Cs}/u.test(password))
    broken.push('Use signs that can be typed: no tabs, line breaks or broken characters.');
  if (rules.complex && kindsOf(password) < 3) broken.push(KINDS);
  if (rules.complex && containsName(password, names)) broken.push(NAMES);
  return broken;
}

function longest(maxLength: number): string {
  return `Use at most ${maxLength} ${maxLength === 1 ? 'character' : 'characters'}.`;
}

/**
 * How many of Windows' five kinds of characters there are (Windows' security policy settings, "Password must meet
 * complexity requirements"). The kind of signs is this list of ASCII signs alone: currency signs beyond it do not count.
 */
function kindsOf(password: string): number {
  const kinds = [/\p{Lu}/u, /\p{Ll}/u, /[0-9]/, /[~!@#$%^&*_\-+=`|\\(){}[\]:;"'<>,.?/]/, /\p{Lo}|\p{Lm}|\p{Lt}/u];
  return kinds.filter((kind) => kind.test(password)).length;
}

/**
 * The logon name counts as a whole, the display name word by word; parts of fewer than three characters do not count
 * (the same page). Case never does.
 */
function containsName(password: string, { logonNames, displayNames }: AccountNames): boolean {
  const parts = [...logonNames, ...displayNames.flatMap((name) => name.split(/[,.\-_ #\t]+/))];
  const text = password.toLowerCase();
  return parts.some((part) => part.length >= 3 && text.includes(part.toLowerCase()));
}
