import type { AccountId, CorrelationKey } from '../contract/account.js';

/** Graph's replicas agree within seconds, seldom minutes. */
const RECENT_MS = 15 * 60_000;

/**
 * Accounts that were made or brought back a moment ago. Graph's answers come from replicas that may not have them yet:
 * "not found" says nothing about these (https://learn.microsoft.com/graph/best-practices-concept, eventual consistency).
 */
export class RecentAccounts {
  private readonly since = new Map<AccountId, number>();
  private readonly ids = new Map<string, AccountId>();

  constructor(private readonly now: () => number = Date.now) {}

  /** @param since milliseconds since the epoch; now, unless the directory said when */
  note(id: AccountId, key?: CorrelationKey, since = this.now()): void {
    this.forgetOld();
    if (this.now() - since > RECENT_MS) return;
    this.since.set(id, since);
    if (key) this.ids.set(nameOf(key), id);
  }

  has(id: AccountId): boolean {
    const since = this.since.get(id);
    return since !== undefined && this.now() - since <= RECENT_MS;
  }

  /** The account that was made for that correlation value. */
  idOf(key: CorrelationKey): AccountId | undefined {
    const id = this.ids.get(nameOf(key));
    return id !== undefined && this.has(id) ? id : undefined;
  }

  /** It is known to be gone. */
  forget(id: AccountId): void {
    this.since.delete(id);
    for (const [name, one] of this.ids) if (one === id) this.ids.delete(name);
  }

  private forgetOld(): void {
    for (const id of this.since.keys()) if (!this.has(id)) this.forget(id);
  }
}

function nameOf(key: CorrelationKey): string {
  return JSON.stringify([key.attribute, key.value]);
}
