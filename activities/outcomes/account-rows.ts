import type { EntityManager } from 'typeorm';
import type { AccountState, RecordOutcomesInput } from '../../contracts/person-run.js';
import { knownAfter, type SeenAccount } from '../../domain/plan/known-after.js';
import type { KnownAccount } from '../../domain/plan/plan.js';
import { AccountEntity } from '../../persistence/entities/account.entity.js';
import type { Finished } from './finished.js';

const TOOK_EFFECT = new Set(['succeeded', 'unchanged']);

/**
 * Keeps what is known of a person's accounts in step with what was done.
 * @returns all accounts of the person as they are now
 */
export async function recordAccounts(
  manager: EntityManager,
  input: RecordOutcomesInput,
  before: KnownAccount[],
  finished: Finished[],
): Promise<KnownAccount[]> {
  const now = new Map(before.map((account) => [account.directory, account]));
  const seen = new Map(input.accounts.map(({ directory, account }) => [directory, account]));
  const changed = new Set<string>();
  for (const { operation, result } of finished) {
    if (!TOOK_EFFECT.has(result.outcome)) continue;
    const directory = operation.application;
    const account = knownAfter(now.get(directory), operation, result.finishedAt, asSeen(seen.get(directory)));
    if (!account) continue;
    now.set(directory, account);
    changed.add(directory);
  }
  const rows = [...changed].flatMap((directory) => {
    const account = now.get(directory);
    return account ? [toRow(input.person, account)] : [];
  });
  if (rows.length > 0) await manager.upsert(AccountEntity, rows, ['personUuid', 'directory']);
  return [...now.values()];
}

function asSeen(account: AccountState | undefined): SeenAccount | undefined {
  if (!account?.name || !account.attributes) return undefined;
  const { id, name, attributes, container } = account;
  return { id, name, attributes, container };
}

function toRow(person: string, account: KnownAccount) {
  return {
    personUuid: person,
    directory: account.directory,
    anchor: account.id,
    name: account.name,
    state: account.state,
    attributes: account.attributes as object,
    container: account.container ?? null,
    memberships: account.memberships,
    withdrawn: account.withdrawn ?? [],
    manager: account.manager ?? null,
    disabledAt: account.cutAt ? new Date(account.cutAt) : null,
  };
}
