import type { DataSource } from 'typeorm';
import type { OperationResult } from '../../contracts/person-run.js';

/**
 * Who joined before their manager had an account is told to the manager's account once both are there: the one who was
 * too early gets a mover event of Tenure's own, which comes to them in their own order.
 *
 * Asked after the outcomes are committed, for the manager whose account was made and for the report whose link was
 * skipped: whoever commits last sees the other's account. The event's id makes a repetition harmless.
 * @param person UUID of the person whose outcomes were recorded
 */
export async function askForManagerLinks(
  database: DataSource,
  person: string,
  results: readonly OperationResult[],
): Promise<void> {
  const ids = results.flatMap(({ operationId, outcome }) =>
    outcome === 'succeeded' || outcome === 'skipped' ? operationId : [],
  );
  if (ids.length === 0) return;
  await database.query(
    `WITH finished AS (
       SELECT kind, outcome, application FROM operation WHERE id = ANY($2)
     ), made AS (
       SELECT application FROM finished WHERE kind IN ('create-account', 'restore-account') AND outcome = 'succeeded'
     ), skipped AS (
       SELECT application FROM finished WHERE kind = 'set-manager' AND outcome = 'skipped'
     ), early AS (
       SELECT report.id, account.anchor, boss.person_id AS manager
         FROM person AS boss
         JOIN person AS report ON report.attributes ->> 'manager' = boss.person_id AND report.state = 'active'
         JOIN account ON account.person_uuid = report.id AND account.manager IS NULL
        WHERE boss.id = $1 AND account.directory IN (SELECT application FROM made)
        UNION
       SELECT report.id, account.anchor, boss.person_id
         FROM person AS report
         JOIN person AS boss ON boss.person_id = report.attributes ->> 'manager'
         JOIN account AS held ON held.person_uuid = boss.id AND held.state <> 'deleted'
         JOIN account ON account.person_uuid = report.id AND account.directory = held.directory
                     AND account.manager IS NULL
        WHERE report.id = $1 AND report.state = 'active' AND account.directory IN (SELECT application FROM skipped)
     )
     INSERT INTO lifecycle_event (id, person_uuid, type, source, event_id, effective_at, urgent, attributes, body_hash, actor)
     SELECT gen_random_uuid(), id, 'mover', 'tenure', 'manager-account/' || manager || '/' || anchor, now(), false, '{}',
            '', 'tenure'
       FROM early
     ON CONFLICT (source, event_id) DO NOTHING`,
    [person, ids],
  );
}
