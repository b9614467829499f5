import type { Attributes, AttributeValue } from '../../domain/person/attributes.js';
import type { Account, AccountDelta, AccountId } from '../contract/account.js';
import type { Change, Op } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import { type Accounts, accountOf, isSynchronised } from './accounts.js';
import { attributesOf, bodyOf, type GraphUser, isCloudOwned, normalised, sameValue, selectFor } from './attributes.js';
import { isNotFound } from './errors.js';
import { type Graph, segment } from './graph.js';
import type { Sessions } from './sessions.js';

const WRITE = 'User.ReadWrite.All';

/** The name under which a change tells what it left to Active Directory. */
const LEFT_TO_ACTIVE_DIRECTORY = 'leftToActiveDirectory';

/** Changes accounts, and takes them away. */
export class Changes {
  constructor(
    private readonly graph: Graph,
    private readonly accounts: Accounts,
    private readonly sessions: Sessions,
  ) {}

  /**
   * Sends only what differs. What Active Directory owns is not sent: the change names it as left to Active Directory.
   * Such an account that is to be disabled loses its sessions, which is what the cloud can do.
   */
  async apply(op: Op, id: AccountId, delta: AccountDelta): Promise<{ account: Account; change: Change }> {
    const wanted = normalised(delta.attributes ?? {});
    const user = await this.accounts.require(op, id, selectFor(wanted));
    const current: Attributes = { ...attributesOf(user), accountEnabled: user.accountEnabled === true };
    const differing = Object.entries(
      delta.enabled === undefined ? wanted : { ...wanted, accountEnabled: delta.enabled },
    ).filter(([name, value]) => !sameValue(current[name], value));
    const ours = differing.filter(([name]) => !isSynchronised(user) || isCloudOwned(name));
    const left = differing.filter((one) => !ours.includes(one)).map(([name]) => name);
    const after: Attributes = Object.fromEntries(ours);
    if (ours.length > 0) await this.patch(op, id, bodyOf(after, current));
    const change: Change = { before: pick(current, Object.keys(after)), after };
    if (left.length > 0) {
      op.log.warn({ account: id, attributes: left }, 'Left to Active Directory, which owns the account');
      change.after = { ...after, [LEFT_TO_ACTIVE_DIRECTORY]: left };
    }
    if (left.includes('accountEnabled') && delta.enabled === false) {
      await this.sessions.revoke(op, id);
      change.after = { ...change.after, sessionsRevoked: true };
    }
    return { account: changed(user, current, after), change };
  }

  /** Into the recycle bin, where it stays for 30 days. */
  async remove(op: Op, id: AccountId): Promise<'removed' | 'absent'> {
    const user = await this.accounts.read(op, id, ['id', 'userPrincipalName', 'onPremisesSyncEnabled']);
    if (!user) return 'absent';
    if (isSynchronised(user)) {
      throw new ConnectorError(
        'transient',
        `Waiting for Entra Connect to take away the account ${user.userPrincipalName}, which Active Directory owns.`,
        { code: 'WaitingForEntraConnect' },
      );
    }
    try {
      await this.graph.call(op, {
        method: 'DELETE',
        path: `/users/${segment(id)}`,
        what: `delete the account ${user.userPrincipalName}`,
        permission: WRITE,
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
      this.accounts.recent.forget(id);
      return 'absent';
    }
    this.accounts.recent.forget(id);
    return 'removed';
  }

  private patch(op: Op, id: AccountId, body: Record<string, unknown>): Promise<void> {
    return this.accounts.visible(op, id, () =>
      this.graph.call<void>(op, {
        method: 'PATCH',
        path: `/users/${segment(id)}`,
        body,
        what: `change ${Object.keys(body).join(', ')} of the account ${id}`,
        permission: WRITE,
      }),
    );
  }
}

function pick(attributes: Attributes, names: string[]): Attributes {
  return Object.fromEntries(names.map((name): [string, AttributeValue] => [name, attributes[name] ?? null]));
}

/** The account as it now is. It is not read again: the answer could come from a replica without the change. */
function changed(user: GraphUser, current: Attributes, after: Attributes): Account {
  const { accountEnabled, ...attributes } = { ...current, ...after };
  const valued = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null));
  return accountOf({ ...user, accountEnabled, userPrincipalName: attributes.userPrincipalName }, valued);
}
