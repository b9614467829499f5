import type { EntityManager } from 'typeorm';
import type { AccountState, RecordOutcomesInput } from '../../contracts/person-run.js';
import { knownAfter, type SeenAccount } from '../../domain/plan/known-after.js';
import type { KnownAccount } from '../../domain/plan/plan.js';
import { AccountEntity } from '../../persistence/entities/account.entity.js';
import type { Finished } from './finished.js';
import { storable } from './storable.js';

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
  for (const { directory, account } of input.accounts) {
    // An operation failed because its account is gone: the next plan makes one.
    const known = now.get(directory);
    if (account.state !== 'deleted' || known?.id !== account.id || known.state === 'deleted') continue;
    now.set(directory, { ...known, state: 'deleted' });
    changed.add(directory);
  }
  const rows = [...changed].flatMap((directory) => {
    const account = now.get(directory);
    return account ? [toRow(input.person, account)] : [];
  });
  if (rows.length === 0) return [...now.values()];
  // By what the directory says (correlation) the account is this person's, whoever had it before.
  await manager.query(
    `DELETE FROM account USING jsonb_to_recordset($2) AS held(directory text, anchor text)
      WHERE account.directory = held.directory AND account.anchor = held.anchor AND person_uuid <> $1`,
    [input.person, JSON.stringify(rows.map(({ directory, anchor }) => ({ directory, anchor })))],
  );
  await manager.upsert(AccountEntity, rows, ['personUuid', 'directory']);
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
    attributes: storable(account.attributes) as object,
    container: account.container ?? null,
    memberships: account.memberships,
    withdrawn: account.withdrawn ?? [],
    manager: account.manager ?? null,
    disabledAt: account.cutAt ? new Date(account.cutAt) : null,
  };
}
