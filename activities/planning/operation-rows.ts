import type { EntityManager } from 'typeorm';
import type { Operation } from '../../domain/plan/operation.js';
import type { EndUser } from '../../persistence/entities/operation.entity.js';
import { endUserSearch } from '../../persistence/entities/operation.entity.js';

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
  const { personUuid, eventUuid, endUser, actor, source, workflowId, runId } = origin;
  const values = rows.map(({ operation, outcome = 'planned', reason, retryOf }) => {
    const { id, application, kind, target, before, after } = operation;
    return { id, application, kind, target, detail: operation, before, after, outcome, reason, retryOf };
  });
  await manager.query(INSERT_OPERATIONS, [
    ...[personUuid, eventUuid, JSON.stringify(endUser), endUserSearch(endUser), actor, source, workflowId, runId],
    JSON.stringify(values),
  ]);
}

// One parameter for all rows: a parameter for each value costs more than planning what they say.
const INSERT_OPERATIONS = `
  INSERT INTO operation (person_uuid, event_uuid, end_user, end_user_search, actor, source, workflow_id, run_id,
                         id, application, kind, target, detail, before, after, outcome, reason, retry_of, finished_at)
  SELECT $1, $2, $3, $4, $5, $6, $7, $8, id, application, kind, target, detail, before, after, outcome, reason, "retryOf",
         CASE WHEN outcome <> 'planned' THEN now() END
    FROM ROWS FROM (jsonb_to_recordset($9::jsonb) AS (
           id text, application text, kind text, target text, detail jsonb, before jsonb, after jsonb, outcome text,
           reason text, "retryOf" text)) WITH ORDINALITY
   ORDER BY ordinality
  ON CONFLICT DO NOTHING`;

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
