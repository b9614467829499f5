import type { AccountId, Group } from '../contract/account.js';
import type { Op } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import type { Accounts } from './accounts.js';
import { requireText } from './attributes.js';
import { isNotFound, refusalOf } from './errors.js';
import { type Graph, type GraphCall, quoted, segment } from './graph.js';

const READ_GROUPS = 'GroupMember.Read.All';
const WRITE = {
  permission: 'GroupMember.ReadWrite.All',
  otherwise:
    'Or the group is none whose members an app may choose: a rule decides them, or administrator roles hang on it.',
};
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const SELECT = ['id', 'displayName'];

interface GraphGroup {
  id: string;
  displayName: string | null;
}

/** Groups and who is in them. */
export class Groups {
  constructor(
    private readonly graph: Graph,
    private readonly accounts: Accounts,
  ) {}

  /** By id, by mail address, or by display name. @throws ConnectorError `conflict` for a name that several bear */
  async find(op: Op, reference: string): Promise<Group | undefined> {
    const doing = { what: `look for the group ${reference}`, permission: READ_GROUPS };
    if (GUID.test(reference)) {
      try {
        const path = `/groups/${segment(reference)}`;
        return groupOf(await this.graph.call<GraphGroup>(op, { method: 'GET', path, select: SELECT, ...doing }));
      } catch (error) {
        if (isNotFound(error)) return undefined;
        throw error;
      }
    }
    requireText('the name of a group', reference);
    if (reference.trim() === '') throw new ConnectorError('invalid', 'A group cannot be looked for by an empty name.');
    const named = (attribute: string): GraphCall => ({
      method: 'GET',
      path: '/groups',
      filter: `${attribute} eq ${quoted(reference)}`,
      select: SELECT,
      ...doing,
    });
    const found = await this.graph.all<GraphGroup>(op, named(reference.includes('@') ? 'mail' : 'displayName'));
    if (found.length > 1) {
      const ids = found.map((group) => group.id).join(', ');
      throw new ConnectorError(
        'conflict',
        `${found.length} groups are called ${reference}: name it by its id (${ids}).`,
      );
    }
    return found[0] && groupOf(found[0]);
  }

  /** The groups that the account is a direct member of; roles and administrative units are none. */
  async memberships(op: Op, id: AccountId): Promise<Group[]> {
    const list = () =>
      this.graph.all<GraphGroup & { '@odata.type'?: string }>(op, {
        method: 'GET',
        path: `/users/${segment(id)}/memberOf`,
        select: SELECT,
        top: 999,
        what: `read the groups of the account ${id}`,
        permission: READ_GROUPS,
      });
    const objects = await this.accounts.visible(op, id, list);
    return objects.filter((object) => object['@odata.type'] === '#microsoft.graph.group').map(groupOf);
  }

  /** Graph itself looks before it adds: it refuses what is there already. */
  async add(op: Op, groupId: string, id: AccountId): Promise<'added' | 'present'> {
    const act = () =>
      this.graph.call<void>(op, {
        method: 'POST',
        path: `/groups/${segment(groupId)}/members/$ref`,
        body: this.graph.reference('directoryObjects', id),
        what: `add the account ${id} to the group ${groupId}`,
        ...WRITE,
      });
    try {
      await this.accounts.visible(op, id, act);
      return 'added';
    } catch (error) {
      if (/object references already exist/i.test(refusalOf(error)?.message ?? '')) return 'present';
      throw error;
    }
  }

  async remove(op: Op, groupId: string, id: AccountId): Promise<'removed' | 'absent'> {
    try {
      await this.graph.call(op, {
        method: 'DELETE',
        // Without /$ref Graph would delete the account itself (https://learn.microsoft.com/graph/api/group-delete-members).
        path: `/groups/${segment(groupId)}/members/${segment(id)}/$ref`,
        what: `take the account ${id} out of the group ${groupId}`,
        ...WRITE,
      });
      return 'removed';
    } catch (error) {
      if (isNotFound(error)) return 'absent';
      throw error;
    }
  }
}

function groupOf(group: GraphGroup): Group {
  return { id: group.id, name: group.displayName ?? group.id };
}
