import type { DataSource, EntityManager } from 'typeorm';
import type { PasswordResult, RecordPasswordOutcomesInput } from '../../contracts/password-run.js';
import { isFinal } from '../../domain/plan/operation.js';

/** Writes what became of a chosen password in some directories into the report; see `PasswordCoreActivities`. */
export async function recordPasswordOutcomes(
  database: DataSource,
  { request, runId, results }: RecordPasswordOutcomesInput,
): Promise<void> {
  await database.transaction(async (manager) => {
    const refusedBy: string[] = [];
    for (const { result, chooseAgain } of results) {
      const directory = await recordOutcome(manager, result, runId);
      if (directory && chooseAgain) refusedBy.push(directory);
    }
    const final = results.filter(({ result }) => isFinal(result.outcome)).map(({ result }) => result.operationId);
    await manager.query('DELETE FROM password_envelope WHERE operation_id = ANY($1)', [final]);
    if (refusedBy.length > 0) await letChooseAgain(manager, request, refusedBy);
  });
}

/** Gives the directory of a row that took its outcome now; a final row keeps the one it has. */
async function recordOutcome(
  manager: EntityManager,
  { operationId, outcome, reason, attempts, startedAt, finishedAt }: PasswordResult['result'],
  runId: string,
): Promise<string | undefined> {
  const [rows]: [{ application: string }[], number] = await manager.query(
    `UPDATE operation
        SET outcome = $2, reason = $3, attempts = $4, started_at = COALESCE(started_at, $5),
            finished_at = $6, run_id = COALESCE(NULLIF(run_id, ''), $7)
      WHERE id = $1 AND outcome IN ('planned', 'waiting')
      RETURNING application`,
    [operationId, outcome, reason ?? null, attempts, startedAt, isFinal(outcome) ? finishedAt : null, runId],
  );
  return rows[0]?.application;
}

/** The link works once more, unless its time is over or the person has already chosen again by another link. */
async function letChooseAgain(manager: EntityManager, request: string, refusedBy: string[]): Promise<void> {
  await manager.query(`UPDATE password_request SET refused = refused || $2::jsonb WHERE id = $1`, [
    request,
    JSON.stringify(refusedBy),
  ]);
  await manager.query(
    `UPDATE activation SET used_at = NULL
       FROM password_request AS mine
      WHERE mine.id = $1 AND activation.token_hash = mine.activation_hash AND activation.expires_at > now()
        AND NOT EXISTS (SELECT 1 FROM password_request AS newer
                         WHERE newer.person_uuid = mine.person_uuid AND newer.created_at > mine.created_at)`,
    [request],
  );
}
