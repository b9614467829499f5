import { randomBytes } from 'node:crypto';
import { ACCOUNT, NEW_ACCOUNT, NOT_STORED, OTHER_ACCOUNT_TYPES } from '../directory/account-control.js';
import { adError } from '../directory/ad-error.js';
import { comparisonKey } from '../directory/comparison.js';
import type { Domain } from '../directory/domain.js';
import { type EntryDraft, numberOf, textOf } from '../directory/entry.js';
import { relativeId, sidFromText } from '../directory/identifiers.js';
import { fileTime, NEVER } from '../directory/windows-time.js';

/** The primary group of every user: Domain Users. */
export const DOMAIN_USERS_RID = 513;

const GLOBAL_SECURITY_GROUP = -2_147_483_646;

/** Gives a new user or group what the account manager adds by itself ([MS-SAMR] 3.1.1.8). */
export function completeNewPrincipal(domain: Domain, draft: EntryDraft): void {
  const { principal } = draft.kind;
  if (!principal) return;
  setDefault(draft, 'sAMAccountName', () =>
    `$${randomBytes(4).toString('hex')}-${randomBytes(5).toString('hex')}`.toUpperCase(),
  );
  setDefault(draft, 'objectSid', () => sidFromText(`${domain.sid}-${domain.store.nextRelativeId()}`));
  if (principal === 'group') {
    setDefault(draft, 'groupType', () => String(GLOBAL_SECURITY_GROUP));
    return;
  }
  setDefault(draft, 'userAccountControl', () => String(NEW_ACCOUNT));
  setDefault(draft, 'primaryGroupID', () => String(DOMAIN_USERS_RID));
  setDefault(draft, 'accountExpires', () => String(NEVER));
  for (const counter of [
    'badPwdCount',
    'badPasswordTime',
    'codePage',
    'countryCode',
    'lastLogoff',
    'lastLogon',
    'logonCount',
    'pwdLastSet',
  ]) {
    setDefault(draft, counter, () => '0');
  }
}

function setDefault(draft: EntryDraft, name: string, value: () => string | Buffer): void {
  if (!draft.attributes.has(name.toLowerCase())) draft.set(name, value());
}

/**
 * Holds a user or group to the account manager's rules and derives what follows from the values ([MS-SAMR] 3.1.1.8).
 * Call it when everything else of the draft stands, the password too.
 */
export function checkPrincipal(domain: Domain, draft: EntryDraft): void {
  if (!draft.kind.principal) return;
  checkAccountName(domain, draft);
  checkPrincipalName(domain, draft);
  if (draft.kind.principal === 'group') {
    checkGroupType(draft);
    return;
  }
  checkAccountControl(domain, draft);
  checkPrimaryGroup(domain, draft);
  if (changed(draft, 'lockoutTime')) {
    if (numberOf(draft, 'lockoutTime') !== 0) throw adError.ownedBySam();
    draft.set('badPwdCount', '0');
  }
}

function changed(draft: EntryDraft, name: string): boolean {
  return textOf(draft, name) !== (draft.current && textOf(draft.current, name));
}

/** Length, characters and uniqueness of the account name ([MS-SAMR] 3.1.1.6). */
function checkAccountName(domain: Domain, draft: EntryDraft): void {
  const name = textOf(draft, 'sAMAccountName');
  if (name === undefined) throw adError.illegalChange();
  if (!changed(draft, 'sAMAccountName') && !isUndelete(draft)) return;
  const tooLong = draft.kind.principal === 'user' && name.length > 20;
  if (tooLong && !name.startsWith('$')) throw adError.invalidAccountName();
  if (/["/\\[\]:|<>+=;?*,]/.test(name) || /^ *$|\.$/.test(name)) throw adError.invalidAccountName();
  if (isTaken(domain, draft, 'sAMAccountName', name)) throw adError.accountNameTaken();
}

function checkPrincipalName(domain: Domain, draft: EntryDraft): void {
  const name = textOf(draft, 'userPrincipalName');
  if (name === undefined || !changed(draft, 'userPrincipalName')) return;
  if (isTaken(domain, draft, 'userPrincipalName', name)) throw adError.principalNameTaken();
}

/** Whether a living entry other than this one has the value; tombstones give their names free. */
function isTaken({ store }: Domain, draft: EntryDraft, attribute: string, value: string): boolean {
  const others = store.find(attribute, comparisonKey(value)) ?? [];
  return [...others].some((other) => other !== draft.current && !other.deleted);
}

function isUndelete(draft: EntryDraft): boolean {
  return draft.current?.deleted === true && !draft.deleted;
}

/**
 * AD does not enable an account that must have a password and has none: unwillingToPerform with 0000052D. (Samba lets
 * that pass.)
 */
function checkAccountControl(domain: Domain, draft: EntryDraft): void {
  if (!draft.attributes.has('useraccountcontrol')) throw adError.illegalChange();
  draft.set('sAMAccountType', '805306368');
  if (!changed(draft, 'userAccountControl')) return;
  const wanted = numberOf(draft, 'userAccountControl');
  if ((wanted & OTHER_ACCOUNT_TYPES) !== 0) throw adError.unwilling();
  const control = (wanted | ACCOUNT.normal) & ~NOT_STORED;
  const mustHavePassword = (control & (ACCOUNT.disabled | ACCOUNT.passwordNotRequired)) === 0;
  if (mustHavePassword && !draft.password && numberOf(domain.store.root, 'minPwdLength') > 0) {
    throw adError.enableWithoutPassword();
  }
  draft.set('userAccountControl', String(control));
}

/** A user's primary group must be one the user is in. */
function checkPrimaryGroup({ store }: Domain, draft: EntryDraft): void {
  if (!draft.current || isUndelete(draft) || !changed(draft, 'primaryGroupID')) return;
  const groups = [...(draft.current.backlinks.get('member') ?? [])].map((id) => store.get(id));
  const wanted = numberOf(draft, 'primaryGroupID');
  const isMember = groups.some((group) => {
    const sid = group?.attributes.get('objectsid')?.[0];
    return Buffer.isBuffer(sid) && relativeId(sid) === wanted;
  });
  if (!isMember) throw adError.unwilling();
}

/** sAMAccountType by scope and whether it is a security group ([MS-SAMR] 3.1.1.8). */
function checkGroupType(draft: EntryDraft): void {
  const type = numberOf(draft, 'groupType');
  const security = type < 0;
  const scope = type & 0xe;
  if (scope === 4) draft.set('sAMAccountType', security ? '536870912' : '536870913');
  else if (scope === 2 || scope === 8) draft.set('sAMAccountType', security ? '268435456' : '268435457');
  else throw adError.unwilling();
}

/**
 * pwdLastSet takes two values: 0, the password must be changed at the next sign-in, and -1, it was set just now
 * ([MS-ADTS] 3.1.1.5.3).
 */
export function setPasswordAge(draft: EntryDraft, value: string): void {
  if (value !== '0' && value !== '-1') throw adError.invalidParameter();
  draft.set('pwdLastSet', value === '0' ? '0' : String(fileTime()));
}
