import type { DataSource, EntityManager } from 'typeorm';
import type { OperationResult, RecordOutcomesInput } from '../../contracts/person-run.js';
import type { Operation } from '../../domain/plan/operation.js';
import { type EndUser, endUserSearch } from '../../persistence/entities/operation.entity.js';
import { endUserOf, lockPerson } from '../planning/planning-state.js';
import { recordAccounts } from './account-rows.js';
import type { Finished } from './finished.js';
import { askForManagerLinks } from './manager-links.js';
import { storable } from './storable.js';

export interface OutcomeActivities {
  /**
   * Writes what became of operations into the report and what their accounts look like now, and closes the event when
   * nothing is left to do. Recording the same again changes nothing.
   */
  recordOutcomes(input: RecordOutcomesInput): Promise<void>;
}

export function createOutcomeActivities({ database }: { database: DataSource }): OutcomeActivities {
  return {
    recordOutcomes: async (input) => {
      await database.transaction(async (manager) => {
        const { person, accounts } = await lockPerson(manager, input.person);
        const results = lastOfEach(storable(input.results));
        const finished = await openOperations(manager, results);
        const now = await recordAccounts(manager, input, accounts, finished);
        await recordResults(manager, results, endUserOf(person, now));
        if (input.finished && input.event) await closeEvent(manager, input.event);
      });
      await askForManagerLinks(database, input.person, input.results);
    },
  };
}

/** The operations that become final now: a row that is final already keeps what it says. */
async function openOperations(manager: EntityManager, results: OperationResult[]): Promise<Finished[]> {
  const final = new Map(results.filter(({ outcome }) => outcome !== 'waiting').map((one) => [one.operationId, one]));
  if (final.size === 0) return [];
  const rows: { id: string; detail: Operation }[] = await manager.query(
    "SELECT id, detail FROM operation WHERE id = ANY($1) AND outcome IN ('planned', 'waiting')",
    [[...final.keys()]],
  );
  const operations = new Map(rows.map(({ id, detail }) => [id, detail]));
  return [...final.values()].flatMap((result) => {
    const operation = operations.get(result.operationId);
    return operation ? [{ operation, result }] : [];
  });
}

/** Open rows take their outcome, and the names by which people will look for them now that the accounts have names. */
async function recordResults(manager: EntityManager, results: OperationResult[], endUser: EndUser): Promise<void> {
  if (results.length === 0) return;
  await manager.query(
    `UPDATE operation AS o
        SET outcome = r.outcome, reason = r.reason, attempts = r.attempts, end_user = $2, end_user_search = $3,
            before = COALESCE(r.before, o.before), after = COALESCE(r.after, o.after),
            started_at = COALESCE(o.started_at, r."startedAt"),
            finished_at = CASE WHEN r.outcome = 'waiting' THEN NULL ELSE r."finishedAt" END
       FROM jsonb_to_recordset($1::jsonb) AS r(
            "operationId" text, outcome text, reason text, attempts int, before jsonb, after jsonb,
            "startedAt" timestamptz, "finishedAt" timestamptz)
      WHERE o.id = r."operationId" AND o.outcome IN ('planned', 'waiting')`,
    [JSON.stringify(results), JSON.stringify(endUser), endUserSearch(endUser)],
  );
}

/** Several results of one operation (it waited, then it was done) come down to the last one. */
function lastOfEach(results: OperationResult[]): OperationResult[] {
  return [...new Map(results.map((result) => [result.operationId, result])).values()];
}

/** The event is done; what did not succeed is counted, and its rows say why. */
async function closeEvent(manager: EntityManager, event: string): Promise<void> {
  await manager.query(
    `UPDATE lifecycle_event SET state = 'done', finished_at = now(),
            reason = NULLIF(concat_ws(' ', reason,
              (SELECT CASE WHEN count(*) > 0 THEN count(*) || ' operation(s) did not succeed; the report says why.' END
                 FROM operation WHERE event_uuid = $1 AND outcome IN ('failed', 'skipped') AND kind <> 'set-manager')), '')
      WHERE id = $1 AND state = 'taken'`,
    [event],
  );
}
