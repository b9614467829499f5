import type { Account, AccountId, CorrelationKey } from '../contract/account.js';
import type { Op } from '../contract/connector.js';
import { type Accounts, accountOf, findCall, matching } from './accounts.js';
import { type GraphUser, selectFor } from './attributes.js';
import { isNotFound } from './errors.js';
import { type Graph, segment } from './graph.js';

/** Accounts that were deleted within the last 30 days. */
export class RecycleBin {
  constructor(
    private readonly graph: Graph,
    private readonly accounts: Accounts,
  ) {}

  async find(op: Op, key: CorrelationKey): Promise<AccountId | undefined> {
    const call = findCall(key, ['id', 'userPrincipalName', key.attribute]);
    const path = '/directory/deletedItems/microsoft.graph.user';
    return matching(await this.graph.all<GraphUser>(op, { ...call, path }), key)?.id;
  }

  /**
   * Brings the account back with its groups, licences and state.
   * @throws ConnectorError `conflict` when somebody else has its user principal name by now
   */
  async restore(op: Op, id: AccountId): Promise<Account> {
    try {
      await this.graph.call(op, {
        method: 'POST',
        path: `/directory/deletedItems/${segment(id)}/restore`,
        what: `restore the account ${id}`,
        permission: 'User.DeleteRestore.All',
      });
      this.accounts.recent.note(id);
    } catch (error) {
      if (!isNotFound(error)) throw error;
      // An earlier try may have restored it; if not, this read says that it is not there.
    }
    const user = await this.accounts.require(op, id, selectFor());
    // The index lags behind for what was restored as it does for what is new.
    if (typeof user.employeeId === 'string') {
      this.accounts.recent.note(id, { attribute: 'employeeId', value: user.employeeId });
    }
    return accountOf(user);
  }
}
