import { Attribute, Change } from 'ldapts';
import type { PasswordRules } from '../../domain/password/password-rules.js';
import type { AccountId } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import { checkedGuidDn, requireAccount } from './accounts.js';
import { checkText } from './attributes.js';
import { randomPassword, unicodePwd } from './random-password.js';
import type { Session } from './session.js';

/** DOMAIN_PASSWORD_COMPLEX in pwdProperties (MS-SAMR 2.2.3.5). */
const COMPLEX = 1;

/** The domain's default rules; fine-grained ones for single groups may be stricter. */
export async function passwordRules(session: Session): Promise<PasswordRules> {
  const { domain, directory } = session.settings;
  const entry = await session.entry(domain, ['minPwdLength', 'pwdProperties', 'pwdHistoryLength']);
  if (!entry)
    throw new ConnectorError('misconfigured', `Directory "${directory}" has no domain ${domain}: check baseDn.`);
  return {
    minLength: number(entry.minPwdLength),
    complex: (number(entry.pwdProperties) & COMPLEX) !== 0,
    history: number(entry.pwdHistoryLength),
  };
}

/**
 * Sets a password as an administrator does: the earlier one is not asked for. A lock that wrong passwords had brought
 * on is taken away, or the new one would not sign in either.
 */
export async function setPassword(session: Session, id: AccountId, password: string): Promise<void> {
  if (password === '') throw new ConnectorError('invalid', 'The password is empty: choose another one.');
  checkText('password', password);
  const account = await requireAccount(session, id, ['lockoutTime']);
  const doing = `set the password of account ${id}`;
  await replace(session, id, 'unicodePwd', unicodePwd(password), doing);
  if (number(account.values.get('lockouttime')?.[0]) === 0) return;
  try {
    await replace(session, id, 'lockoutTime', '0', `unlock account ${id}`);
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.category !== 'forbidden') throw error;
    session.op.log.warn({ operation: session.op.id, account: id }, error.message);
  }
}

async function replace(session: Session, id: AccountId, type: string, value: string | Buffer, doing: string) {
  const modification = new Attribute({ type, values: [value] as string[] | Buffer[] });
  try {
    await session.modify(checkedGuidDn(id), [new Change({ operation: 'replace', modification })]);
  } catch (error) {
    throw session.error(error, doing);
  }
}

export function scramblePassword(session: Session, id: AccountId): Promise<void> {
  return setPassword(session, id, randomPassword());
}

function number(value: unknown): number {
  const parsed = Number(value);
  return Number.isFinite(parsed) ? parsed : 0;
}
