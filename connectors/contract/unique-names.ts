import { followNames, uniqueCandidate } from '../../domain/mapping/unique-name.js';
import type { Attributes } from '../../domain/person/attributes.js';
import type { UniqueName } from '../../domain/plan/operation.js';

/** How many candidates a connector tries before it calls the collision a `conflict`. */
export const MAX_UNIQUE_NAME_CANDIDATES = 1000;

/**
 * The `n`th candidates of all of a draft's unique names, by attribute. They share one counter, so that a person's
 * sign-in names stay alike (`jane.doe2`, `jane.doe2@example.org`).
 */
export function uniqueNameCandidates(names: readonly UniqueName[], n: number): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name.attribute, uniqueCandidate(name, n)]));
}

/**
 * A draft's attributes with the `n`th candidates of its unique names. An address that repeats the base of one, alone or
 * behind `smtp:`, moves with it: whoever signs in as `jane.doe2@example.org` must not be given the mail of
 * `jane.doe@example.org`.
 */
export function withUniqueNames(attributes: Attributes, names: readonly UniqueName[], n: number): Attributes {
  const addresses = names.filter((name) => name.base.includes('@'));
  const became = new Map(addresses.map((name) => [name.base.toLowerCase(), uniqueCandidate(name, n)]));
  const followed = Object.entries(attributes).map(([attribute, value]) => [
    attribute,
    n > 1 ? followNames(value, became) : value,
  ]);
  return { ...Object.fromEntries(followed), ...uniqueNameCandidates(names, n) };
}
