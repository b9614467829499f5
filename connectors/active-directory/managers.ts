import { Attribute, Change } from 'ldapts';
import type { AccountId } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import { checkedGuidDn, readAccount, requireAccount } from './accounts.js';
import { extendedDn } from './controls.js';
import { resultCode } from './errors.js';
import { guidInExtendedDn } from './groups.js';
import type { Session } from './session.js';

/** The manager's anchor. */
export async function manager(session: Session, id: AccountId): Promise<AccountId | undefined> {
  const entry = await session.entry(checkedGuidDn(id), ['manager'], undefined, [extendedDn()]);
  if (!entry) await requireAccount(session, id);
  const [value] = [entry?.manager ?? []].flat();
  return value === undefined ? undefined : guidInExtendedDn(String(value));
}

export async function setManager(
  session: Session,
  id: AccountId,
  wanted: AccountId | undefined,
): Promise<'changed' | 'unchanged'> {
  if ((await manager(session, id)) === wanted?.toLowerCase()) return 'unchanged';
  const values = wanted === undefined ? [] : [checkedGuidDn(wanted)];
  const modification = new Attribute({ type: 'manager', values });
  try {
    await session.modify(checkedGuidDn(id), [new Change({ operation: 'replace', modification })]);
    return 'changed';
  } catch (error) {
    if (resultCode(error) !== undefined && wanted !== undefined && !(await readAccount(session, wanted))) {
      throw new ConnectorError(
        'not-found',
        `Directory "${session.settings.directory}" has no account ${wanted} to be a manager.`,
      );
    }
    throw session.error(error, `set the manager of account ${id}`, ['manager']);
  }
}
