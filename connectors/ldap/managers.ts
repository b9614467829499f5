import { Attribute, Change } from 'ldapts';
import type { AccountId } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import { type AccountEntry, accountFilter, anchorOf, readAccount, requireAccount } from './accounts.js';
import { writeTo } from './anchored-writes.js';
import { sameDn } from './distinguished-names.js';
import type { Session } from './session.js';

/** The manager's anchor; nobody where the name leads to no account any more. */
export async function manager(session: Session, id: AccountId): Promise<AccountId | undefined> {
  const dn = managerDn(await requireAccount(session, id, ['manager']));
  const entry = dn === undefined ? undefined : await session.entry(dn, ['entryUUID'], accountFilter(session.settings));
  return entry && anchorOf(session.settings, entry);
}

export async function setManager(
  session: Session,
  id: AccountId,
  wanted: AccountId | undefined,
): Promise<'changed' | 'unchanged'> {
  const account = await requireAccount(session, id, ['manager']);
  const person = wanted === undefined ? undefined : await readAccount(session, wanted);
  if (wanted !== undefined && !person) {
    throw new ConnectorError(
      'not-found',
      `Directory "${session.settings.directory}" has no account ${wanted} to be a manager.`,
    );
  }
  const current = managerDn(account);
  const isSame = person && current !== undefined ? sameDn(current, person.dn) : current === person?.dn;
  if (isSame) return 'unchanged';
  const modification = new Attribute({ type: 'manager', values: person ? [person.dn] : [] });
  const change = new Change({ operation: 'replace', modification });
  try {
    await writeTo(session, account, (target) => session.modify(target, [change]));
    return 'changed';
  } catch (error) {
    throw session.error(error, `set the manager of ${account.dn}`, ['manager']);
  }
}

function managerDn({ values }: AccountEntry): string | undefined {
  return values.get('manager')?.[0];
}
