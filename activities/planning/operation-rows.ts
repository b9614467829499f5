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
