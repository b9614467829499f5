import type { AccountDraft, UniqueName } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import type { ActiveDirectorySettings } from './settings.js';

/** rangeUpper of `cn` (MS-ADA1 2.110). Samba does not enforce it. */
const MAX_COMMON_NAME = 64;
/** Logon names of NetBIOS; a user's longer sAMAccountName is refused (MS-SAMR 3.1.1.6). */
const MAX_SAM_ACCOUNT_NAME = 20;

/** Unique names that the domain itself keeps unique. Others are looked up before they are given. */
const ENFORCED = ['samaccountname', 'userprincipalname'];

export const isEnforced = ({ attribute }: UniqueName) => ENFORCED.includes(attribute.toLowerCase());

/**
 * A draft's unique names as AD takes them: sAMAccountName without the characters that it refuses (MS-SAMR 3.1.1.6) and
 * with at most 20, userPrincipalName with the configured suffix where it has none. Throws `invalid` without a
 * sAMAccountName, because AD would make up one that nobody can type.
 */
export function uniqueNames(draft: AccountDraft, settings: ActiveDirectorySettings): UniqueName[] {
  const names = draft.unique.map((name) => adapted(name, settings));
  if (!names.some(({ attribute }) => attribute.toLowerCase() === 'samaccountname')) {
    throw new ConnectorError('invalid', 'The mapping gives no unique name for sAMAccountName: add one.');
  }
  return names;
}

function adapted(name: UniqueName, settings: ActiveDirectorySettings): UniqueName {
  const base = acceptableName(name.attribute, name.base, settings);
  if (base === '' || base.startsWith('@')) {
    const { attribute } = name;
    throw new ConnectorError(
      'invalid',
      `The mapping gives no usable ${attribute} ("${name.base}"): it would be empty.`,
    );
  }
  if (name.attribute.toLowerCase() !== 'samaccountname') return { ...name, base };
  return { ...name, base, maxLength: Math.min(name.maxLength ?? MAX_SAM_ACCOUNT_NAME, MAX_SAM_ACCOUNT_NAME) };
}

/** A name without what AD refuses in it, and with what the settings add to it. */
export function acceptableName(attribute: string, name: string, { upnSuffix }: ActiveDirectorySettings): string {
  const text = name.trim();
  switch (attribute.toLowerCase()) {
    case 'samaccountname':
      return text.replace(/["/\\[\]:;|=,+*?<>\p{Cc}]/gu, '').replace(/[. ]+$/, '');
    case 'userprincipalname':
      return text === '' || text.includes('@') || !upnSuffix ? text : `${text}@${upnSuffix}`;
    default:
      return text;
  }
}

/** What an account's CN is made of: its display name, or its logon name where that is blank. */
export function commonNameBase(displayName: unknown, logonName: string): string {
  const clean = (typeof displayName === 'string' ? displayName : '').replace(/\p{Cc}+/gu, ' ').trim();
  return clean || logonName;
}

/** The `n`th candidate of a CN: `Jane Doe`, `Jane Doe 2`, … It is a place in a container and identifies nobody. */
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

/** How the directory may see two values as one: without case and without accents (MS-ADTS 3.1.1.2.2.4). */
export function folded(value: string): string {
  return value.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
}
