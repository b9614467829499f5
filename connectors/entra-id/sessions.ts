import type { AccountId } from '../contract/account.js';
import type { Op } from '../contract/connector.js';
import type { Accounts } from './accounts.js';
import { type Graph, segment } from './graph.js';

/** Ends sessions: refresh tokens and browser sessions from before now are refused. */
export class Sessions {
  constructor(
    private readonly graph: Graph,
    private readonly accounts: Accounts,
  ) {}

  /** Access tokens that were given out live on until they expire, within about an hour. */
  revoke(op: Op, id: AccountId): Promise<void> {
    return this.accounts.visible(op, id, async () => {
      await this.graph.call(op, {
        method: 'POST',
        path: `/users/${segment(id)}/revokeSignInSessions`,
        what: `revoke the sessions of the account ${id}`,
        permission: 'User.RevokeSessions.All',
      });
    });
  }
}
