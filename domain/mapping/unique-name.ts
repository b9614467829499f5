import type { AttributeValue } from '../person/attributes.js';
import type { UniqueName } from '../plan/operation.js';

/**
 * The n-th name to try, from 1: the base, then the base with a counter behind it or behind its local part. The base is
 * cut so that the whole keeps the limit, and never ends in a sign because of the cut.
 */
export function uniqueCandidate(name: UniqueName, attempt: number): string {
  const { local, domain } = split(name.base);
  const counter = attempt > 1 ? String(attempt) : '';
  return cut(local, (name.maxLength ?? Number.POSITIVE_INFINITY) - counter.length) + counter + domain;
}

/**
 * Whether a value is one of the names that are tried, so that an account with it stands as intended. A base without an
 * `@` may have got the directory's own suffix behind it.
 */
export function isCandidate(name: UniqueName, value: string): boolean {
  if (value.includes('@') && !name.base.includes('@')) return isCandidate(name, split(value).local);
  const attempts = [1];
  const digits = /\d{1,9}$/.exec(split(value).local)?.[0] ?? '';
  for (let length = 1; length <= digits.length; length++) {
    const counter = digits.slice(-length);
    if (!counter.startsWith('0') && counter !== '1') attempts.push(Number(counter));
  }
  return attempts.some((attempt) => uniqueCandidate(name, attempt).toLowerCase() === value.toLowerCase());
}

/** An address has a local part before its last `@`; a name is all local part. */
function split(value: string): { local: string; domain: string } {
  const at = value.lastIndexOf('@');
  return at < 0 ? { local: value, domain: '' } : { local: value.slice(0, at), domain: value.slice(at) };
}

function cut(local: string, limit: number): string {
  if (local.length <= limit) return local;
  const kept = local.slice(0, Math.max(0, limit));
  // A cut in the middle of a character outside the basic plane leaves half of it.
  return kept.replace(/[\ud800-\udbff]$/, '').replace(/[._-]+$/, '');
}

/**
 * An attribute's value in which addresses follow the unique name that they repeat: when `jane.doe@x` became
 * `jane.doe2@x`, her mail and her `smtp:` addresses did so too, or they would be somebody else's. Connectors do the same
 * when they create the account.
 * @param got what became of bases that are addresses, by base in lower case
 */
export function followNames(value: AttributeValue, got: ReadonlyMap<string, string>): AttributeValue {
  if (Array.isArray(value)) return value.map((each) => followed(each, got));
  return typeof value === 'string' ? followed(value, got) : value;
}

function followed(text: string, got: ReadonlyMap<string, string>): string {
  const prefix = /^smtp:/i.exec(text)?.[0] ?? '';
  const became = got.get(text.slice(prefix.length).toLowerCase());
  return became === undefined ? text : prefix + became;
}
