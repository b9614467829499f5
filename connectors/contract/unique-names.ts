import type { Attributes } from '../../domain/person/attributes.js';
import type { UniqueName } from '../../domain/plan/operation.js';

/** How many candidates a connector tries before it calls the collision a `conflict`. */
export const MAX_UNIQUE_NAME_CANDIDATES = 1000;

/**
 * The `n`th candidate of a unique name, from 1: the base itself, then the base with the counters 2, 3, … behind its
 * local part. A value with an `@` is an address, and the last `@` ends its local part. What is too long for
 * `maxLength` is cut from the base, never from the counter and never within a character; a dot, hyphen or underscore
 * that the cut lays bare goes too. Lengths are UTF-16 code units, which is what AD and Entra ID count.
 *
 * A draft's unique names share one counter, so that a person's sign-in names stay alike (`jane.doe2`,
 * `jane.doe2@example.org`).
 */
export function uniqueNameCandidate(name: UniqueName, n: number): string {
  const at = name.base.lastIndexOf('@');
  const local = at < 0 ? name.base : name.base.slice(0, at);
  const domain = at < 0 ? '' : name.base.slice(at);
  const counter = n <= 1 ? '' : String(n);
  const room = name.maxLength === undefined ? local.length : Math.max(0, name.maxLength - counter.length);
  return `${cut(local, room)}${counter}${domain}`;
}

/** The `n`th candidates of all of a draft's unique names, by attribute. */
export function uniqueNameCandidates(names: readonly UniqueName[], n: number): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name.attribute, uniqueNameCandidate(name, n)]));
}

/**
 * A draft's attributes with the `n`th candidates of its unique names. An address that repeats the base of one, alone or
 * behind `smtp:`, moves with it: whoever signs in as `jane.doe2@example.org` must not be given the mail of
 * `jane.doe@example.org`.
 */
export function withUniqueNames(attributes: Attributes, names: readonly UniqueName[], n: number): Attributes {
  const moved = new Map<string, string>();
  for (const name of names) {
    if (name.base.includes('@')) moved.set(name.base.toLowerCase(), uniqueNameCandidate(name, n));
  }
  const follow = (value: string) => {
    const [, prefix = '', address = ''] = /^(smtp:)?(.*)$/is.exec(value) ?? [];
    const candidate = moved.get(address.toLowerCase());
    return candidate === undefined || n <= 1 ? value : prefix + candidate;
  };
  const followed = Object.entries(attributes).map(([attribute, value]) => {
    if (typeof value === 'string') return [attribute, follow(value)];
    return [attribute, Array.isArray(value) ? value.map(follow) : value];
  });
  return { ...Object.fromEntries(followed), ...uniqueNameCandidates(names, n) };
}

/** At most `room` code units of the text, without half a surrogate pair and without a dangling separator. */
function cut(text: string, room: number): string {
  if (text.length <= room) return text;
  const code = text.charCodeAt(room - 1);
  const end = room > 0 && code >= 0xd800 && code <= 0xdbff ? room - 1 : room;
  return text.slice(0, end).replace(/[._-]+$/, '');
}
