import { AndFilter, Attribute, Change, type Entry } from 'ldapts';
import type { Account, AccountId, CorrelationKey } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import { MAX_UNIQUE_NAME_CANDIDATES } from '../contract/unique-names.js';
import {
  ACCOUNT_DISABLED,
  type AccountEntry,
  checkedGuidDn,
  correlates,
  NORMAL_ACCOUNT,
  readAccount,
  requireAccount,
  toAccount,
} from './accounts.js';
import { showDeleted } from './controls.js';
import { childDn, isWithin, nameOf } from './distinguished-names.js';
import { isCollision, resultCode } from './errors.js';
import { guidFromBytes } from './identifiers.js';
import { commonNameCandidate } from './names.js';
import { randomPassword, unicodePwd } from './random-password.js';
import { equals, type Session } from './session.js';
import { survey } from './survey.js';

const ATTRIBUTES = ['objectGUID', 'isDeleted', 'lastKnownParent', 'whenChanged', 'uSNChanged', 'userAccountControl'];

/** Removes an account; one that is gone already is `absent`. */
export async function removeAccount(session: Session, id: AccountId): Promise<'removed' | 'absent'> {
  const entry = await readAccount(session, id);
  if (!entry) return 'absent';
  try {
    await session.delete(checkedGuidDn(id));
    return 'removed';
  } catch (error) {
    if (resultCode(error) === 32) return 'absent';
    throw session.error(error, `remove ${entry.dn}`);
  }
}

/**
 * The account that was removed last of those with that correlation value. Without the recycle bin it is found only if
 * the schema keeps the attribute on removed objects (searchFlags bit 8; MS-ADTS 2.2.9); `check` tells.
 */
export async function findRemoved(session: Session, key: CorrelationKey): Promise<AccountId | undefined> {
  const filter = new AndFilter({
    filters: [equals('isDeleted', 'TRUE'), equals('objectClass', 'user'), correlates(key)],
  });
  const entries = await session.search(`CN=Deleted Objects,${session.settings.domain}`, {
    scope: 'one',
    filter,
    attributes: ATTRIBUTES,
    controls: [showDeleted()],
  });
  const [last] = entries
    .filter((entry) => isWithin(liveParent(entry) ?? session.settings.baseDn, session.settings.baseDn))
    .sort(latestFirst);
  return last && guidFromBytes(last.objectGUID as Buffer);
}

/**
 * Brings a removed account back where it was, or into the default container (MS-ADTS 3.1.1.5.3.7, undelete). Without
 * the recycle bin most of its attributes are lost, and its password too: it then gets one that nobody knows.
 */
export async function restoreAccount(session: Session, id: AccountId): Promise<Account> {
  const removed = await session.entry(checkedGuidDn(id), ATTRIBUTES, equals('objectClass', 'user'), [showDeleted()]);
  if (!removed) {
    throw new ConnectorError(
      'not-found',
      `Directory "${session.settings.directory}" does not keep the account ${id} any more.`,
    );
  }
  if (String(removed.isDeleted).toUpperCase() === 'TRUE') await undelete(session, removed);
  const entry = await requireAccount(session, id);
  if (hasLostItsPassword(entry)) await secure(session, entry, Number(removed.userAccountControl));
  return toAccount(session, entry);
}

/** By the second, and within one by this domain controller's own count. */
function latestFirst(a: Entry, b: Entry): number {
  return String(b.whenChanged).localeCompare(String(a.whenChanged)) || Number(b.uSNChanged) - Number(a.uSNChanged);
}

/** The container that it stood in, if that is still there. */
function liveParent({ lastKnownParent }: Entry): string | undefined {
  const parent = String(lastKnownParent ?? '');
  return parent === '' || /(\\0A|\n)DEL:/i.test(parent) ? undefined : parent;
}

async function undelete(session: Session, removed: Entry): Promise<void> {
  const { settings } = session;
  const parent = liveParent(removed);
  const container = parent && (await session.entry(parent, ['objectClass'])) ? parent : settings.container;
  // A removed object is called "Jane Doe", a line feed, "DEL:" and its GUID (MS-ADTS 3.1.1.5.5.1.1).
  const base = nameOf(removed.dn).replace(/\nDEL:.*$/s, '');
  let counter = 1;
  while (counter <= MAX_UNIQUE_NAME_CANDIDATES) {
    const dn = childDn(commonNameCandidate(base, counter), container);
    const changes = [
      new Change({ operation: 'delete', modification: new Attribute({ type: 'isDeleted' }) }),
      new Change({ operation: 'replace', modification: new Attribute({ type: 'distinguishedName', values: [dn] }) }),
    ];
    try {
      await session.modify(removed.dn, changes, [showDeleted()]);
      return;
    } catch (error) {
      if (!isCollision(error)) throw session.error(error, `restore ${dn}`);
      const from = { names: 1, commonName: counter };
      const seen = await survey(session, undefined, [], { base, container }, from);
      if (seen.commonName === counter) throw session.error(error, `restore ${dn}`);
      counter = seen.commonName;
    }
  }
  throw new ConnectorError('conflict', `${container} has no free name left after "${base}" and its counters.`);
}

/** Restored without the recycle bin: the last container is still noted on it, and no password was ever set. */
function hasLostItsPassword({ values }: AccountEntry): boolean {
  return values.has('lastknownparent') && Number(values.get('pwdlastset')?.[0] ?? 0) === 0;
}

async function secure(session: Session, entry: AccountEntry, userAccountControl: number): Promise<void> {
  entry.userAccountControl = NORMAL_ACCOUNT | (userAccountControl & ACCOUNT_DISABLED);
  const set = (type: string, value: string | Buffer) =>
    new Change({
      operation: 'replace',
      modification: new Attribute({ type, values: [value] as string[] | Buffer[] }),
    });
  try {
    await session.modify(checkedGuidDn(entry.id), [
      set('unicodePwd', unicodePwd(randomPassword())),
      set('userAccountControl', String(entry.userAccountControl)),
    ]);
  } catch (error) {
    throw session.error(error, `give ${entry.dn} a new password after its restoration`);
  }
}
