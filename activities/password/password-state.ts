import type { DataSource, EntityManager } from 'typeorm';
import type { PasswordEnvelope } from '../../contracts/password-envelope.js';
import type { ApplyPasswordInput } from '../../contracts/password-run.js';
import type { OperationResult } from '../../contracts/person-run.js';
import { isFinal } from '../../domain/plan/operation.js';
import { AccountEntity } from '../../persistence/entities/account.entity.js';
import { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { PasswordEnvelopeEntity } from '../../persistence/entities/password-envelope.entity.js';
import { PersonEntity } from '../../persistence/entities/person.entity.js';

/** What is known of a password on its way to one directory. */
export interface PasswordState {
  personLeft: boolean;
  /** Set when the report has its last word on it. */
  final?: Pick<OperationEntity, 'outcome'> & { reason?: string };
  /** Gone once it was used, or made void by a leave or a newer choice. */
  envelope?: PasswordEnvelope & { expiresAt: Date };
  /** The account; none yet while its directory was away. */
  anchor?: string;
  /** An account is still to be made in this directory. */
  accountPlanned: boolean;
  /** An activity that is about to set an earlier choice may still be running. */
  earlierOnItsWay: boolean;
}

/**
 * The time limit of one `applyPassword`. A newer choice deletes the envelopes of earlier ones, so this long after it no
 * activity can hold an earlier password any more.
 */
export const APPLY_PASSWORD_TIMEOUT_MS = 60_000;

/** Reads it all as of one moment. */
export async function passwordState(database: DataSource, input: ApplyPasswordInput): Promise<PasswordState> {
  const { person, directory, operationId } = input;
  return database.transaction('REPEATABLE READ', async (manager) => {
    const { state } = await manager.findOneByOrFail(PersonEntity, { id: person });
    const row = await manager.findOneByOrFail(OperationEntity, { id: operationId });
    const envelope = await manager.findOneBy(PasswordEnvelopeEntity, { id: input.envelopeId, directory });
    const account = await manager.findOneBy(AccountEntity, { personUuid: person, directory });
    return {
      personLeft: state === 'left',
      final: isFinal(row.outcome) ? { outcome: row.outcome, reason: row.reason ?? undefined } : undefined,
      envelope: envelope ?? undefined,
      anchor: account && account.state !== 'deleted' ? account.anchor : undefined,
      accountPlanned: await isAccountPlanned(manager, person, directory),
      earlierOnItsWay: await isEarlierOnItsWay(manager, row),
    };
  });
}

/**
 * Notes that the password was set and destroys the envelope, in one step: a repetition finds the outcome, not a reason
 * to set it again. Tells whether the person has left meanwhile; then nothing is noted.
 */
export async function recordPasswordSet(
  database: DataSource,
  { person, operationId, envelopeId }: ApplyPasswordInput,
  { outcome, attempts, startedAt, finishedAt }: OperationResult,
  runId: string,
): Promise<{ personLeft: boolean }> {
  return database.transaction(async (manager) => {
    // Planning locks the same row: whether the person has left does not change before this is committed.
    const lock = { mode: 'pessimistic_read' } as const;
    const { state } = await manager.findOneOrFail(PersonEntity, { where: { id: person }, lock });
    if (state === 'left') return { personLeft: true };
    await manager.query(
      `UPDATE operation
          SET outcome = $2, reason = NULL, attempts = $3, started_at = COALESCE(started_at, $4), finished_at = $5,
              run_id = COALESCE(NULLIF(run_id, ''), $6)
        WHERE id = $1 AND outcome IN ('planned', 'waiting')`,
      [operationId, outcome, attempts, startedAt, finishedAt, runId],
    );
    await manager.delete(PasswordEnvelopeEntity, { id: envelopeId });
    return { personLeft: false };
  });
}

async function isAccountPlanned(manager: EntityManager, person: string, directory: string): Promise<boolean> {
  const rows = await manager.query(
    `SELECT 1 FROM operation WHERE person_uuid = $1 AND application = $2
        AND kind IN ('create-account', 'restore-account') AND outcome IN ('planned', 'waiting') LIMIT 1`,
    [person, directory],
  );
  return rows.length > 0;
}

async function isEarlierOnItsWay(manager: EntityManager, row: OperationEntity): Promise<boolean> {
  if (Date.now() - row.plannedAt.getTime() > APPLY_PASSWORD_TIMEOUT_MS) return false;
  const rows = await manager.query(
    `SELECT 1 FROM operation WHERE person_uuid = $1 AND application = $2 AND kind = 'set-password'
        AND outcome IN ('planned', 'waiting') AND position < $3 LIMIT 1`,
    [row.personUuid, row.application, row.position],
  );
  return rows.length > 0;
}
