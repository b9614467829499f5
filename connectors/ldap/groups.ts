import type { Entry } from 'ldapts';
import { parseDn } from '../../domain/mapping/distinguished-name.js';
import type { AccountId, Group } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import { type AccountEntry, anchored, anchorOf, isAnchor, readAccount, requireAccount } from './accounts.js';
import { writeTo } from './anchored-writes.js';
import { checkText } from './attributes.js';
import { resultCode } from './errors.js';
import { equals } from './filters.js';
import { groupBase, groupFilter, memberValue, takeOut, valueChange } from './members.js';
import type { Session, Target } from './session.js';

const ATTRIBUTES = ['entryUUID', 'cn'];

/** The group of that DN, entryUUID, or CN. Two of one CN are a `conflict`. */
export async function findGroup(session: Session, reference: string): Promise<Group | undefined> {
  const { settings } = session;
  checkText('group', reference);
  if (isAnchor(reference)) {
    const entry = await groupEntry(session, reference);
    return entry && toGroup(session, entry);
  }
  const byDn = parseDn(reference) && (await session.entry(reference, ATTRIBUTES, groupFilter(settings)));
  if (byDn) return toGroup(session, byDn);
  if (reference.trim() === '') return undefined;
  const [found, another] = await session.search(groupBase(settings), {
    scope: 'sub',
    filter: groupFilter(settings, equals('cn', reference)),
    attributes: ATTRIBUTES,
  });
  if (another) {
    throw new ConnectorError(
      'conflict',
      `Directory "${settings.directory}" has more than one group "${reference}": ${found?.dn} and ${another.dn}. Name it by its DN.`,
    );
  }
  return found && toGroup(session, found);
}

/** The groups that list the account, as they say themselves, or as its `memberOf` does where the settings say so. */
export async function memberships(session: Session, id: AccountId): Promise<Group[]> {
  const { settings } = session;
  const { groups } = settings;
  const account = await requireAccount(session, id, groups.memberOf ? ['memberOf'] : []);
  if (groups.memberOf) {
    const names = account.values.get('memberof') ?? [];
    const entries = await Promise.all(names.map((dn) => session.entry(dn, ATTRIBUTES, groupFilter(settings))));
    return entries.flatMap((entry) => (entry ? [toGroup(session, entry)] : []));
  }
  const member = memberValue(settings, account);
  if (member === undefined) return [];
  const filter = groupFilter(settings, equals(groups.memberAttribute, member));
  const entries = await session.search(groupBase(settings), { scope: 'sub', filter, attributes: ATTRIBUTES });
  return entries.map((entry) => toGroup(session, entry));
}

/** Adds a member; the directory itself tells whether it was one already, so nobody can come in between. */
export async function addMember(session: Session, groupId: string, id: AccountId): Promise<'added' | 'present'> {
  const account = await requireAccount(session, id);
  const group = await groupTarget(session, groupId);
  if (!group) {
    throw new ConnectorError(
      'not-found',
      `Directory "${session.settings.directory}" has no group ${groupId} any more.`,
    );
  }
  const { memberAttribute } = session.settings.groups;
  const change = valueChange('add', memberAttribute, listed(session, account));
  try {
    await writeTo(session, group, (target) => session.modify(target, [change]));
    return 'added';
  } catch (error) {
    if (resultCode(error) === 20) return 'present';
    throw session.error(error, `add ${account.dn} to group ${group.dn}`, [memberAttribute]);
  }
}

/** Removes a member; `absent` also where the group or the account is gone. */
export async function removeMember(session: Session, groupId: string, id: AccountId): Promise<'removed' | 'absent'> {
  const account = await readAccount(session, id);
  const group = account && (await groupTarget(session, groupId));
  const member = account && memberValue(session.settings, account);
  if (!group || member === undefined) return 'absent';
  try {
    await takeOut(session, group, member);
    return 'removed';
  } catch (error) {
    const isGone = error instanceof ConnectorError && error.category === 'not-found';
    if (isGone || resultCode(error) === 16) return 'absent';
    throw session.error(error, `take ${member} out of group ${group.dn}`, [session.settings.groups.memberAttribute]);
  }
}

/** What groups are to list of an account. */
function listed({ settings }: Session, account: AccountEntry): string {
  const member = memberValue(settings, account);
  if (member !== undefined) return member;
  throw new ConnectorError(
    'invalid',
    `${account.dn} has no uid, by which the groups of directory "${settings.directory}" list their members: add uid to the mapping.`,
  );
}

async function groupTarget(session: Session, groupId: string): Promise<Required<Target> | undefined> {
  const entry = await groupEntry(session, groupId);
  return entry && { dn: entry.dn, id: anchorOf(session.settings, entry) };
}

async function groupEntry(session: Session, groupId: string): Promise<Entry | undefined> {
  const filter = groupFilter(session.settings, anchored(groupId));
  return (await session.search(groupBase(session.settings), { scope: 'sub', filter, attributes: ATTRIBUTES }))[0];
}

function toGroup({ settings }: Session, entry: Entry): Group {
  return { id: anchorOf(settings, entry), name: String([entry.cn].flat()[0]) };
}
