import type { CompiledDirectory } from '../policy/compiled-policy.js';
import type { CorrelationKey } from './operation.js';
import type { OperationMaker } from './operation-maker.js';
import type { KnownAccount, Lane, Plan, PlannedDirectory, PlanningState } from './plan.js';
import { removeMembership } from './provision-lane.js';

/** The account whose access is cut; where none is known it is looked up by the correlation key. */
export interface CutAccount {
  correlation: CorrelationKey;
  known?: KnownAccount;
  /** For the report, while no account is known. */
  personId: string;
}

/** Cuts access, and only then takes away what the account had. */
export function cutLane(
  directory: PlannedDirectory,
  { correlation, known, personId }: CutAccount,
  keepGroups: boolean,
  maker: OperationMaker,
): Lane {
  const about = { application: directory.name, target: known?.name ?? personId };
  const operations = [
    maker.make({ kind: 'disable-account' }, { ...about, before: { enabled: true }, after: { enabled: false } }),
  ];
  if (directory.can.sessions) operations.push(maker.make({ kind: 'revoke-sessions' }, about));
  if (directory.can.passwords) operations.push(maker.make({ kind: 'scramble-password' }, about));
  const groups = directory.can.groups && !keepGroups ? (known?.memberships ?? []) : [];
  operations.push(...groups.map((group) => removeMembership(directory.name, group, maker)));
  return { directory: directory.name, correlation, operations, after: [], ...(known && { accountId: known.id }) };
}

/**
 * The deletion at the end of the grace period, which counts from the cut where that is known. Only a known account is
 * ever deleted: one that was merely looked up is disabled and left to an administrator.
 */
export function laterDeletion(
  known: KnownAccount,
  correlation: CorrelationKey,
  leaver: CompiledDirectory['leaver'],
  state: PlanningState,
  maker: OperationMaker,
): Plan['later'] {
  if (leaver.graceMs === undefined) return [];
  const passed = known.cutAt && state.now ? Math.max(0, Date.parse(state.now) - Date.parse(known.cutAt)) : 0;
  const operation = maker.make({ kind: 'delete-account' }, { application: known.directory, target: known.name });
  const lane = { directory: known.directory, correlation, accountId: known.id, operations: [operation], after: [] };
  return [{ afterMs: Math.max(0, leaver.graceMs - passed), lane }];
}
