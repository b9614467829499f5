import { setTimeout as sleep } from 'node:timers/promises';
import type { Attributes } from '../../domain/person/attributes.js';
import type { Account, AccountId, CorrelationKey } from '../contract/account.js';
import type { Op } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import { attributesOf, filterOf, type GraphUser, requireText, selectFor } from './attributes.js';
import { isNotFound, refusalOf } from './errors.js';
import { type Graph, type GraphCall, quoted, segment } from './graph.js';
import { RecentAccounts } from './recent-accounts.js';

/**
 * Between tries when an account is not there, in milliseconds: for one that was just made, and for any other, which
 * may have been made by another process. Longer lags are left to whoever repeats the operation.
 */
const PAUSES = { recent: [200, 400, 800], other: [100, 200] };

const GUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

/** What reading accounts needs. */
export const READ = 'User.Read.All';

/** Attributes that Entra ID compares without regard to case; the others have to match to the letter. */
const CASELESS = new Set(['userPrincipalName', 'mail', 'mailNickname', 'onPremisesSamAccountName']);

/** Reads accounts, and knows which of them Graph may not show yet. */
export class Accounts {
  readonly recent = new RecentAccounts();

  constructor(private readonly graph: Graph) {}

  /** The account with that correlation value, also one that was just made and is not in the index yet. */
  async find(op: Op, key: CorrelationKey, select = selectFor({ [key.attribute]: key.value })) {
    const found = matching(await this.graph.all<GraphUser>(op, findCall(key, select)), key);
    if (found) this.noteAge(found, key);
    return found ?? this.recentlyMade(op, key, select);
  }

  /** Remembers an account that somebody, perhaps an earlier try of ours, made a moment ago. */
  noteAge(user: GraphUser, key: CorrelationKey): void {
    this.recent.note(user.id, key, Date.parse(String(user.createdDateTime)) || 0);
  }

  /** The account that was made for that value a moment ago, read by its id. */
  async recentlyMade(op: Op, key: CorrelationKey, select: readonly string[]): Promise<GraphUser | undefined> {
    const id = this.recent.idOf(key);
    return id === undefined ? undefined : this.read(op, id, select);
  }

  /** The account with that anchor. Undefined only when it is gone, not while Graph does not show it yet. */
  async read(op: Op, id: AccountId, select: readonly string[] = selectFor()): Promise<GraphUser | undefined> {
    try {
      return await this.visible(op, id, () => this.graph.call<GraphUser>(op, readCall(id, select)));
    } catch (error) {
      if (isNotFound(error)) return undefined;
      throw error;
    }
  }

  /** @throws ConnectorError `not-found` */
  async require(op: Op, id: AccountId, select: readonly string[] = selectFor()): Promise<GraphUser> {
    return this.visible(op, id, () => this.graph.call<GraphUser>(op, readCall(id, select)));
  }

  /**
   * Does what needs those accounts. Where Graph answers that one is not there, this tries a few times more; then it is
   * `transient` for an account that was just made, and `not-found` for any other. What Graph misses besides these
   * accounts, such as a group, is `not-found` at once.
   */
  async visible<T>(op: Op, ids: AccountId | AccountId[], act: () => Promise<T>): Promise<T> {
    for (let tries = 0; ; tries++) {
      try {
        return await act();
      } catch (error) {
        const missing = isNotFound(error) ? missed(error, [ids].flat()) : undefined;
        if (missing === undefined) throw error;
        const pause = PAUSES[this.recent.has(missing) ? 'recent' : 'other'][tries];
        if (pause === undefined) throw await this.stillMissing(op, missing, error);
        await sleep(pause, undefined, { signal: op.signal }).catch(() => {
          throw new ConnectorError('transient', 'Stopped while waiting for Entra ID to show the account.');
        });
      }
    }
  }

  private async stillMissing(op: Op, id: AccountId, error: unknown): Promise<unknown> {
    if (!this.recent.has(id) || (await this.isDeleted(op, id))) return error;
    return new ConnectorError('transient', `Entra ID does not show the account ${id} everywhere yet.`, {
      code: 'NotReplicated',
      cause: error,
    });
  }

  private async isDeleted(op: Op, id: AccountId): Promise<boolean> {
    const path = `/directory/deletedItems/${segment(id)}`;
    try {
      await this.graph.call(op, {
        method: 'GET',
        path,
        select: ['id'],
        what: 'read the deleted account',
        permission: READ,
      });
    } catch (error) {
      if (isNotFound(error)) return false;
      throw error;
    }
    this.recent.forget(id);
    return true;
  }
}

/** Which of the accounts Graph did not find; undefined when it missed something else. It names what it missed. */
function missed(error: unknown, ids: AccountId[]): AccountId | undefined {
  const named = GUID.exec(refusalOf(error)?.message ?? '')?.[0].toLowerCase();
  return named === undefined ? ids[0] : ids.find((id) => id.toLowerCase() === named);
}

/** Asks for the accounts with that correlation value. */
export function findCall(key: CorrelationKey, select: readonly string[]): GraphCall {
  if (key.value.trim() === '') {
    throw new ConnectorError('invalid', `An account cannot be looked for by an empty ${key.attribute}.`);
  }
  requireText(key.attribute, key.value);
  return {
    method: 'GET',
    path: '/users',
    filter: `${key.attribute} eq ${quoted(key.value)}`,
    select,
    advanced: filterOf(key.attribute) === 'advanced',
    what: `look for the account with ${key.attribute} ${key.value}`,
    permission: READ,
  };
}

/** Asks for one account by its id or its user principal name. */
export function readCall(idOrName: string, select: readonly string[]): GraphCall {
  // A name that begins with $ is only understood in the function form (https://learn.microsoft.com/graph/api/user-get).
  const path = idOrName.startsWith('$') ? `/users(${segment(quoted(idOrName))})` : `/users/${segment(idOrName)}`;
  return { method: 'GET', path, select, what: `read the account ${idOrName}`, permission: READ };
}

/** The one account that bears the value. @throws ConnectorError `conflict` where there are several */
export function matching(users: GraphUser[], key: CorrelationKey): GraphUser | undefined {
  const same = users.filter((user) => bears(user, key));
  if (same.length > 1) {
    const names = same.map((user) => `${user.userPrincipalName} (${user.id})`).join(', ');
    throw new ConnectorError(
      'conflict',
      `${same.length} accounts have ${key.attribute} ${key.value}: ${names}. Leave it to the person's own account only.`,
    );
  }
  return same[0];
}

/** True where the account has that correlation value. */
export function bears(user: GraphUser, key: CorrelationKey): boolean {
  const value = attributesOf(user)[key.attribute];
  if (typeof value !== 'string') return false;
  return CASELESS.has(key.attribute) ? value.toLowerCase() === key.value.toLowerCase() : value === key.value;
}

/** True where Entra Connect brings the account from Active Directory, which then owns most of it. */
export function isSynchronised(user: GraphUser): boolean {
  return user.onPremisesSyncEnabled === true;
}

/** An account as the contract has it. */
export function accountOf(user: GraphUser, attributes: Attributes = attributesOf(user)): Account {
  const { id, userPrincipalName, accountEnabled } = user;
  return { id, name: String(userPrincipalName ?? id), enabled: accountEnabled === true, attributes };
}
