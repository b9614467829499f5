import type { AccountId } from '../contract/account.js';
import type { Op } from '../contract/connector.js';
import { type Accounts, isSynchronised, READ } from './accounts.js';
import type { GraphUser } from './attributes.js';
import { isNotFound } from './errors.js';
import { type Graph, segment } from './graph.js';

const WRITE = 'User.ReadWrite.All';

/** Who reports to whom. */
export class Managers {
  constructor(
    private readonly graph: Graph,
    private readonly accounts: Accounts,
  ) {}

  async manager(op: Op, id: AccountId): Promise<AccountId | undefined> {
    try {
      const manager = await this.graph.call<{ id: string }>(op, {
        method: 'GET',
        path: `/users/${segment(id)}/manager`,
        select: ['id'],
        what: `read the manager of the account ${id}`,
        permission: READ,
      });
      return manager.id;
    } catch (error) {
      if (!isNotFound(error)) throw error;
      // Graph says the same of an account without a manager and of an account that is not there.
      await this.accounts.require(op, id, ['id']);
      return undefined;
    }
  }

  async set(op: Op, id: AccountId, manager: AccountId | undefined): Promise<'changed' | 'unchanged'> {
    if ((await this.manager(op, id)) === manager) return 'unchanged';
    const user = await this.accounts.require(op, id, ['id', 'onPremisesSyncEnabled']);
    if (isSynchronised(user)) {
      op.log.warn({ account: id, attributes: ['manager'] }, 'Left to Active Directory, which owns the account');
      return 'unchanged';
    }
    if (manager === undefined) await this.clear(op, user);
    else await this.assign(op, id, manager);
    return 'changed';
  }

  private async assign(op: Op, id: AccountId, manager: AccountId): Promise<void> {
    const act = () =>
      this.graph.call<void>(op, {
        method: 'PUT',
        path: `/users/${segment(id)}/manager/$ref`,
        body: this.graph.reference('users', manager),
        what: `make ${manager} the manager of the account ${id}`,
        permission: WRITE,
      });
    await this.accounts.visible(op, [id, manager], act);
  }

  private async clear(op: Op, { id }: GraphUser): Promise<void> {
    try {
      await this.graph.call(op, {
        method: 'DELETE',
        path: `/users/${segment(id)}/manager/$ref`,
        what: `take away the manager of the account ${id}`,
        permission: WRITE,
      });
    } catch (error) {
      if (!isNotFound(error)) throw error;
    }
  }
}
