import type { AccountId } from '../contract/account.js';
import type { Op } from '../contract/connector.js';
import { type Accounts, isSynchronised, readCall } from './accounts.js';
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
    return (await this.read(op, id)).manager?.id;
  }

  async set(op: Op, id: AccountId, manager: AccountId | undefined): Promise<'changed' | 'unchanged'> {
    const user = await this.read(op, id);
    if (user.manager?.id === manager) return 'unchanged';
    if (isSynchronised(user)) {
      op.log.warn({ account: id, attributes: ['manager'] }, 'Left to Active Directory, which owns the account');
      return 'unchanged';
    }
    if (manager === undefined) await this.clear(op, id);
    else await this.assign(op, id, manager);
    return 'changed';
  }

  /** Through the account: asked for the manager alone, Graph says the same of no manager and of no account. */
  private read(op: Op, id: AccountId): Promise<GraphUser & { manager?: { id: AccountId } | null }> {
    const select = ['id', 'onPremisesSyncEnabled'];
    return this.accounts.visible(op, id, () =>
      this.graph.call(op, { ...readCall(id, select), expand: 'manager($select=id)' }),
    );
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

  private async clear(op: Op, id: AccountId): Promise<void> {
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
