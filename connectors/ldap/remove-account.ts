import type { AccountId } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import { readAccount } from './accounts.js';
import { writeTo } from './anchored-writes.js';
import { resultCode } from './errors.js';
import { findReferences } from './references.js';
import type { Session } from './session.js';

/**
 * Removes an account for good. Groups and people that refer to it are told first, so that nobody who gets its name later
 * inherits them.
 */
export async function removeAccount(session: Session, id: AccountId): Promise<'removed' | 'absent'> {
  const account = await readAccount(session, id);
  if (!account) return 'absent';
  await (await findReferences(session, account)).drop();
  try {
    await writeTo(session, account, (target) => session.delete(target));
    return 'removed';
  } catch (error) {
    const isGone = resultCode(error) === 32 || (error instanceof ConnectorError && error.category === 'not-found');
    if (isGone) return 'absent';
    throw session.error(error, `remove ${account.dn}`);
  }
}
