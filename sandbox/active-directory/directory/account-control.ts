import { bigintOf, type Entry, numberOf } from './entry.js';
import { fileTime, NEVER } from './windows-time.js';

/** Bits of userAccountControl ([MS-ADTS] 2.2.16). */
export const ACCOUNT = {
  disabled: 0x2,
  locked: 0x10,
  passwordNotRequired: 0x20,
  normal: 0x200,
  passwordNeverExpires: 0x10000,
  smartcardRequired: 0x40000,
  passwordExpired: 0x800000,
} as const;

/** Bits that are kept elsewhere: AD takes them in a write and drops them ([MS-SAMR] 3.1.1.8.10). */
export const NOT_STORED = ACCOUNT.locked | 0x40 | ACCOUNT.passwordExpired;

/** Bits that make other kinds of accounts; this directory has only normal ones. */
export const OTHER_ACCOUNT_TYPES = 0x100 | 0x800 | 0x1000 | 0x2000 | 0x4000000;

/** What a new user gets when the client says nothing: disabled, without a password. */
export const NEW_ACCOUNT = ACCOUNT.normal | ACCOUNT.disabled | ACCOUNT.passwordNotRequired;

/** Whether sign-in is barred after too many wrong passwords, by the policy on the domain's root. */
export function isLocked(root: Entry, account: Entry): boolean {
  const lockedAt = bigintOf(account, 'lockoutTime');
  if (lockedAt === 0n) return false;
  const duration = -bigintOf(root, 'lockoutDuration');
  return duration <= 0n || lockedAt + duration > fileTime();
}

/** Whether the account's last day is over. */
export function isExpired(account: Entry): boolean {
  const until = bigintOf(account, 'accountExpires');
  return until !== 0n && until !== NEVER && until <= fileTime();
}

/** When the password stops being good, as FILETIME; `NEVER` when it does not, 0 when it must be changed at once. */
export function passwordExpiry(root: Entry, account: Entry): bigint {
  const exempt = ACCOUNT.passwordNeverExpires | ACCOUNT.smartcardRequired;
  if ((numberOf(account, 'userAccountControl') & exempt) !== 0) return NEVER;
  const lastSet = bigintOf(account, 'pwdLastSet');
  if (lastSet === 0n) return 0n;
  const age = -bigintOf(root, 'maxPwdAge');
  return age <= 0n || age > NEVER / 2n ? NEVER : lastSet + age;
}

/** msDS-User-Account-Control-Computed: the bits that change by themselves. */
export function computedControl(root: Entry, account: Entry): number {
  let bits = 0;
  if (isLocked(root, account)) bits |= ACCOUNT.locked;
  if (passwordExpiry(root, account) <= fileTime()) bits |= ACCOUNT.passwordExpired;
  return bits;
}
