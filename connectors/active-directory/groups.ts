import { AndFilter, Attribute, Change, OrFilter } from 'ldapts';
import type { AccountId, Group } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';
import { checkedGuidDn, readAccount, requireAccount } from './accounts.js';
import { checkText } from './attributes.js';
import { extendedDn } from './controls.js';
import { domainOf, guidDn, nameOf, parseDn } from './distinguished-names.js';
import { resultCode } from './errors.js';
import { guidFromBytes, isGuid } from './identifiers.js';
import { allValues } from './ranged-values.js';
import { equals, type Session } from './session.js';

const ATTRIBUTES = ['objectGUID', 'cn'];

/** The group of that DN, objectGUID, or name (sAMAccountName or CN). Two of one name are a `conflict`. */
export async function findGroup(session: Session, reference: string): Promise<Group | undefined> {
  checkText('group', reference);
  const isGroup = equals('objectClass', 'group');
  if (isGuid(reference) || (parseDn(reference) && domainOf(reference) !== '')) {
    const entry = await session.entry(isGuid(reference) ? guidDn(reference) : reference, ATTRIBUTES, isGroup);
    return entry && { id: guidFromBytes(entry.objectGUID as Buffer), name: String(entry.cn) };
  }
  if (reference.trim() === '') return undefined;
  const { groupBaseDn, domain, directory } = session.settings;
  const byName = new OrFilter({ filters: [equals('sAMAccountName', reference), equals('cn', reference)] });
  const filter = new AndFilter({ filters: [isGroup, byName] });
  const found = await session.search(groupBaseDn ?? domain, {
    scope: 'sub',
    filter,
    attributes: ATTRIBUTES,
    atMost: 2,
  });
  if (found.length > 1) {
    const names = found.map(({ dn }) => dn).join(' and ');
    throw new ConnectorError(
      'conflict',
      `Directory "${directory}" has more than one group "${reference}": ${names}. Name it by its DN.`,
    );
  }
  return found[0] && { id: guidFromBytes(found[0].objectGUID as Buffer), name: String(found[0].cn) };
}

/** The groups that list the account; its primary group ("Domain Users") lists nobody and is not among them. */
export async function memberships(session: Session, id: AccountId): Promise<Group[]> {
  const values = await allValues('memberOf', async (attribute) => {
    const entry = await session.entry(checkedGuidDn(id), [attribute], undefined, [extendedDn()]);
    if (!entry) await requireAccount(session, id);
    return entry;
  });
  return values.map(groupOf);
}

/** Adds a member; the directory itself tells whether it was one already, so nobody can come in between. */
export async function addMember(session: Session, groupId: string, id: AccountId): Promise<'added' | 'present'> {
  try {
    await change(session, 'add', groupId, id);
    return 'added';
  } catch (error) {
    const code = resultCode(error);
    if (code === 68 || code === 20) return 'present';
    if (code !== undefined) await requireBoth(session, groupId, id);
    throw session.error(error, `add ${id} to group ${groupId}`, ['member']);
  }
}

/** Removes a member; `absent` also where the group or the account is gone. */
export async function removeMember(session: Session, groupId: string, id: AccountId): Promise<'removed' | 'absent'> {
  try {
    await change(session, 'delete', groupId, id);
    return 'removed';
  } catch (error) {
    const code = resultCode(error);
    const mayBeAbsent = code !== undefined && [16, 19, 21, 32, 53].includes(code);
    if (mayBeAbsent && !(await isMember(session, groupId, id))) return 'absent';
    throw session.error(error, `take ${id} out of group ${groupId}`, ['member']);
  }
}

function change(session: Session, operation: 'add' | 'delete', groupId: string, id: AccountId): Promise<void> {
  const modification = new Attribute({ type: 'member', values: [checkedGuidDn(id)] });
  return session.modify(checkedGuidDn(groupId), [new Change({ operation, modification })]);
}

async function isMember(session: Session, groupId: string, id: AccountId): Promise<boolean> {
  if (!(await readAccount(session, id))) return false;
  return (await memberships(session, id)).some((group) => group.id === groupId.toLowerCase());
}

async function requireBoth(session: Session, groupId: string, id: AccountId): Promise<void> {
  await requireAccount(session, id);
  if (await findGroup(session, groupId)) return;
  throw new ConnectorError('not-found', `Directory "${session.settings.directory}" has no group ${groupId} any more.`);
}

/** `<GUID=…>;<SID=…>;CN=Sales,OU=…`, as the extended-DN control gives it. */
function groupOf(extended: string): Group {
  const id = guidInExtendedDn(extended);
  return { id, name: nameOf(extended.replace(/^(<[^>]*>;)+/, '')) };
}

/** The GUID in a distinguished name that the extended-DN control gave. */
export function guidInExtendedDn(extended: string): string {
  const guid = /^<GUID=([^>]+)>/i.exec(extended)?.[1];
  if (guid && isGuid(guid)) return guid.toLowerCase();
  throw new ConnectorError(
    'misconfigured',
    `The directory does not honour the extended-DN control: it answered "${extended}".`,
  );
}
