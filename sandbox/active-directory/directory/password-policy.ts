import { randomBytes, scryptSync, timingSafeEqual } from 'node:crypto';
import { adError } from './ad-error.js';
import { bigintOf, type Entry, type EntryDraft, numberOf, textOf } from './entry.js';
import { fileTime } from './windows-time.js';

/** DOMAIN_PASSWORD_COMPLEX, a bit of pwdProperties. */
const COMPLEX = 1;

/** Why and by whom a password is set. */
export interface PasswordSetting {
  /** Its owner gave the old password, rather than an administrator setting a new one. */
  change: boolean;
  /** The history counts for a reset, too (policy hints control). */
  enforceHistory: boolean;
}

/**
 * Reads unicodePwd: the password in quotation marks, in UTF-16LE ([MS-ADTS] 3.1.1.3.1.5.1).
 * @throws AdError unwillingToPerform
 */
export function readPassword(value: Buffer): string {
  const text = value.length % 2 === 0 ? value.toString('utf16le') : '';
  if (text.length < 2 || !text.startsWith('"') || !text.endsWith('"')) throw adError.unwilling();
  return text.slice(1, -1);
}

/** Whether that is the account's password. */
export function isPassword(entry: Pick<Entry, 'password'>, text: string): boolean {
  return entry.password !== undefined && matches(entry.password.hash, text);
}

/**
 * Puts a new password into the draft, if the policy on the domain's root allows it.
 * @throws AdError constraintViolation with 0000052D in the text
 */
export function setPassword(root: Entry, draft: EntryDraft, text: string, how: PasswordSetting): void {
  const { password } = draft;
  const length = numberOf(root, 'minPwdLength');
  if (text.length < length) throw adError.passwordPolicy(`the password needs at least ${length} characters`);
  if ((numberOf(root, 'pwdProperties') & COMPLEX) !== 0 && !isComplex(text, draft)) {
    throw adError.passwordPolicy('the password does not meet the complexity criteria');
  }
  const remembered = numberOf(root, 'pwdHistoryLength');
  const earlier = password ? [password.hash, ...password.history].slice(0, remembered) : [];
  if ((how.change || how.enforceHistory) && earlier.some((hash) => matches(hash, text))) {
    throw adError.passwordPolicy('the password was used before');
  }
  const lastSet = bigintOf(draft, 'pwdLastSet');
  if (how.change && lastSet > 0n && lastSet - bigintOf(root, 'minPwdAge') > fileTime()) {
    throw adError.passwordPolicy('the password was changed too short a time ago');
  }
  draft.password = { hash: hash(text), history: earlier };
  draft.set('pwdLastSet', String(fileTime()));
  draft.set('badPwdCount', '0');
}

/**
 * AD's complexity filter: three of five kinds of characters, and neither the account name nor a part of the display
 * name of three or more letters.
 */
function isComplex(text: string, account: Pick<Entry, 'attributes'>): boolean {
  const kinds = [/\p{Lu}/u, /\p{Ll}/u, /[0-9]/, /[^\p{L}0-9]/u, /[\p{Lo}\p{Lm}\p{Lt}]/u];
  if (kinds.filter((kind) => kind.test(text)).length < 3) return false;
  const parts = (textOf(account, 'displayName') ?? '').split(/[,.\-_\s#]+/);
  return ![textOf(account, 'sAMAccountName') ?? '', ...parts].some(
    (part) => part.length >= 3 && text.toLowerCase().includes(part.toLowerCase()),
  );
}

// A low cost on purpose: the sandbox holds made-up people, and every sign-in of a test pays for it.
const COST = { N: 256 };

function hash(text: string, salt = randomBytes(12)): string {
  return `${salt.toString('base64')}:${scryptSync(text, salt, 24, COST).toString('base64')}`;
}

function matches(stored: string, text: string): boolean {
  const [salt = '', key = ''] = stored.split(':');
  return timingSafeEqual(scryptSync(text, Buffer.from(salt, 'base64'), 24, COST), Buffer.from(key, 'base64'));
}
