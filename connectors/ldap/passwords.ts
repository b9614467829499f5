import { Attribute, Change } from 'ldapts';
import type { PasswordRules } from '../../domain/password/password-rules.js';
import type { AccountId } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import { LOCKED_FOR_GOOD, stateChange } from './account-state.js';
import { type AccountEntry, isAccountEnabled, requireAccount } from './accounts.js';
import { writeTo } from './anchored-writes.js';
import { checkText } from './attributes.js';
import { isSamePassword, passwordRefused, resultCode } from './errors.js';
import { hashPassword, type PasswordScheme, randomPassword } from './password-hash.js';
import type { Session } from './session.js';

/** The rules of the policy entry in the settings (draft-behera-ldap-password-policy section 5.2); without one, none are known. */
export async function passwordRules(session: Session): Promise<PasswordRules> {
  const { passwordPolicy, directory } = session.settings;
  if (passwordPolicy === undefined) return { minLength: 0, complex: false, history: 0 };
  const entry = await session.entry(passwordPolicy, ['pwdMinLength', 'pwdMaxLength', 'pwdInHistory']);
  if (!entry) {
    throw new ConnectorError(
      'misconfigured',
      `Directory "${directory}" has no password policy ${passwordPolicy}, or the service account may not read it: correct "passwordPolicy".`,
    );
  }
  const maxLength = number(entry.pwdMaxLength);
  return {
    minLength: number(entry.pwdMinLength),
    ...(maxLength > 0 && { maxLength }),
    complex: false,
    history: number(entry.pwdInHistory),
  };
}

/** Sets a password as an administrator does: the earlier one is not asked for. A disabled account stays disabled. */
export async function setPassword(session: Session, id: AccountId, password: string): Promise<void> {
  if (password === '') throw new ConnectorError('invalid', 'The password is empty: choose another one.');
  checkText('password', password);
  const account = await requireAccount(session, id);
  try {
    await write(session, account, password);
  } catch (error) {
    if (isSamePassword(error)) return;
    throw passwordRefused(error, { directory: session.settings.directory, doing: `set the password of ${account.dn}` });
  }
}

/** Sets a random password that nobody knows. */
export function scramblePassword(session: Session, id: AccountId): Promise<void> {
  return setPassword(session, id, randomPassword());
}

async function write(session: Session, account: AccountEntry, password: string): Promise<void> {
  const { settings } = session;
  const isLocked = settings.disable.by === 'ppolicy' && !isAccountEnabled(settings, account);
  if (settings.password.by === 'attribute') {
    const { attribute, scheme } = settings.password;
    const value = scheme === 'server' ? password : await hashed(session, scheme, password);
    await writeValue(session, account, attribute, value, isLocked);
  } else if (isLocked) {
    await writeLocked(session, account, password);
  } else {
    await writeTo(session, account, ({ dn }) => session.passwordModify(dn, password));
  }
}

/**
 * OpenLDAP's ppolicy overlay unlocks an account whose password is set by somebody else, even one that an administrator
 * locked for good; a leaver whose password is scrambled would be let in again. Only a modify that takes the lock away
 * and puts it back itself keeps it. The extended operation cannot do that, so the password goes with the lock, as a hash
 * that every server knows. Servers that take no hashes need two steps.
 */
async function writeLocked(session: Session, account: AccountEntry, password: string): Promise<void> {
  try {
    await writeValue(session, account, 'userPassword', await hashed(session, 'SSHA', password), true);
  } catch (error) {
    if (resultCode(error) !== 19) throw error;
    await writeTo(session, account, ({ dn }) => session.passwordModify(dn, password));
    await writeTo(session, account, (target) => session.modify(target, [stateChange(session.settings, false)]));
  }
}

/** Of a hash the server cannot tell whether the password keeps its rules, so they are looked at before. */
async function hashed(session: Session, scheme: PasswordScheme, password: string): Promise<string> {
  const { minLength, maxLength } = await passwordRules(session);
  if (password.length < minLength) {
    throw new ConnectorError('invalid', `The password is too short: it needs at least ${minLength} characters.`);
  }
  if (maxLength !== undefined && password.length > maxLength) {
    throw new ConnectorError('invalid', `The password is too long: it may have ${maxLength} characters at most.`);
  }
  return await hashPassword(scheme, password);
}

function writeValue(
  session: Session,
  account: AccountEntry,
  type: string,
  value: string,
  isLocked: boolean,
): Promise<void> {
  const lock = (operation: 'delete' | 'add', values: string[]) =>
    new Change({ operation, modification: new Attribute({ type: 'pwdAccountLockedTime', values }) });
  const changes = [
    ...(isLocked ? [lock('delete', []), lock('add', [LOCKED_FOR_GOOD])] : []),
    new Change({ operation: 'replace', modification: new Attribute({ type, values: [value] }) }),
  ];
  return writeTo(session, account, (target) => session.modify(target, changes));
}

function number(value: unknown): number {
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : 0;
}
