import type { AccountDraft, UniqueName } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';

/** ub-common-name (X.520 annex C). A CN that names an entry keeps it; elsewhere a CN may be longer. */
const MAX_COMMON_NAME = 64;

/** A draft's unique names without blanks around them. Throws `invalid` for one that would be empty. */
export function uniqueNames(names: readonly UniqueName[]): UniqueName[] {
  return names.map((name) => {
    const base = name.base.trim();
    if (base !== '' && !base.startsWith('@')) return { ...name, base };
    throw new ConnectorError(
      'invalid',
      `The mapping gives no usable ${name.attribute} ("${name.base}"): it would be empty.`,
    );
  });
}

/** What a CN is made of: the display name, or the first unique name where that is blank. */
export function commonNameBase(displayName: unknown, otherwise: string): string {
  const clean = (typeof displayName === 'string' ? displayName : '').replace(/\p{Cc}+/gu, ' ').trim();
  return clean || otherwise;
}

/** The `n`th candidate of a CN that names an entry: `Jane Doe`, `Jane Doe 2`, … It identifies nobody. */
export function commonNameCandidate(base: string, n: number): string {
  const counter = n <= 1 ? '' : ` ${n}`;
  let cut = base.slice(0, MAX_COMMON_NAME - counter.length);
  if (/\p{Surrogate}$/u.test(cut)) cut = cut.slice(0, -1);
  return cut.trimEnd() + counter;
}

/** Whether a CN is one of the base's candidates already, so that nothing has to be renamed. */
export function isCommonNameOf(base: string, commonName: string): boolean {
  const counter = Number(/ ([1-9]\d{0,3})$/.exec(commonName)?.[1] ?? 1);
  return (
    commonName === commonNameCandidate(base, 1) || (counter > 1 && commonName === commonNameCandidate(base, counter))
  );
}

/** How the directory may see two values as one: without case, and with blanks as one (RFC 4518). */
export function folded(value: string): string {
  return value.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();
}

/** A draft's value of an attribute, whose name it may spell otherwise. */
export function given(attributes: AccountDraft['attributes'], attribute: string): unknown {
  return Object.entries(attributes).find(([name]) => name.toLowerCase() === attribute.toLowerCase())?.[1];
}
