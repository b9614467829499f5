import type { EntityManager } from 'typeorm';
import type { Operation } from '../../domain/plan/operation.js';
import type { EndUser } from '../../persistence/entities/operation.entity.js';
import { endUserSearch, OperationEntity } from '../../persistence/entities/operation.entity.js';

/** What all rows of one plan have in common. */
export interface PlanOrigin {
  personUuid: string;
  eventUuid: string | null;
  endUser: EndUser;
  actor: string;
  source: string;
  workflowId: string;
  runId: string;
}

/** An operation as it enters the report. */
export interface NewRow {
  operation: Operation;
  outcome?: 'planned' | 'failed' | 'unchanged';
  reason?: string;
  retryOf?: string;
}

/** Writes a plan into the report. Rows that are there already, because the plan was made before, stay as they are. */
export async function insertOperations(manager: EntityManager, origin: PlanOrigin, rows: NewRow[]): Promise<void> {
  if (rows.length === 0) return;
  const now = new Date();
  const search = endUserSearch(origin.endUser);
  const values = rows.map(({ operation, outcome = 'planned', reason, retryOf }) => ({
    ...origin,
    endUserSearch: search,
    id: operation.id,
    application: operation.application,
    kind: operation.kind,
    target: operation.target,
    detail: operation as object,
    before: operation.before ?? null,
    after: operation.after ?? null,
    outcome,
    reason: reason ?? null,
    retryOf: retryOf ?? null,
    finishedAt: outcome === 'planned' ? null : now,
  }));
  await manager.createQueryBuilder().insert().into(OperationEntity).values(values).orIgnore().execute();
}

/**
 * Before a plan is made once more by another run: its open rows go on under that run, and what has its last outcome
 * already is done under a new id, so that the report has both.
 */
export async function goOnWithRows(
  manager: EntityManager,
  operations: Operation[],
  { runId, workflowId }: Pick<PlanOrigin, 'runId' | 'workflowId'>,
): Promise<void> {
  const rows: { id: string; final: boolean }[] = await manager.query(
    `SELECT id, outcome NOT IN ('planned', 'waiting') AS final FROM operation WHERE id = ANY($1) AND run_id <> $2`,
    [operations.map(({ id }) => id), runId],
  );
  const final = new Set(rows.filter((row) => row.final).map(({ id }) => id));
  for (const operation of operations) if (final.has(operation.id)) operation.id += `.${runId}`;
  const open = rows.filter((row) => !row.final).map(({ id }) => id);
  await manager.query('UPDATE operation SET run_id = $2, workflow_id = $3 WHERE id = ANY($1)', [
    open,
    runId,
    workflowId,
  ]);
}
