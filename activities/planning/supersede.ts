import type { EntityManager } from 'typeorm';
import type { LifecycleEvent } from '../../domain/event/lifecycle-event.js';
import { supersededBy } from '../../domain/event/order.js';
import { ActivationEntity } from '../../persistence/entities/activation.entity.js';
import { LifecycleEventEntity } from '../../persistence/entities/lifecycle-event.entity.js';
import { PasswordEnvelopeEntity } from '../../persistence/entities/password-envelope.entity.js';

/**
 * Closes what earlier plans of the person left open: it is planned again, from the newest state, with this event. A
 * password that the person chose goes on by itself, unless they leave.
 * @param again ids of the new plan: when the same event is planned once more, its rows go on
 */
export async function supersedeOpenOperations(
  manager: EntityManager,
  person: string,
  event: Pick<LifecycleEvent, 'id' | 'type'>,
  again: readonly string[],
): Promise<void> {
  await manager.query(
    `WITH closed AS (
       UPDATE operation SET outcome = 'superseded', reason = $2, finished_at = now()
        WHERE person_uuid = $1 AND outcome IN ('planned', 'waiting')
          AND (event_uuid IS DISTINCT FROM $3 OR id <> ALL($4))
          AND ($5 OR kind NOT IN ('set-password', 'send-reset-mail')))
     UPDATE lifecycle_event SET state = 'done', reason = $6, finished_at = now()
      WHERE person_uuid = $1 AND state = 'taken' AND id <> $3`,
    [
      person,
      `Planned again with a later ${event.type} event.`,
      event.id,
      again,
      event.type === 'leaver',
      `What was still open was planned again with a later ${event.type} event.`,
    ],
  );
}

/** A leave makes void what was waiting for the person, and every password and link on its way to them. */
export async function supersedeByLeave(manager: EntityManager, person: string, leave: LifecycleEvent): Promise<void> {
  const rows = await manager.findBy(LifecycleEventEntity, { personUuid: person, state: 'accepted' });
  const waiting = rows.map((row) => ({
    ...row,
    effectiveAt: row.effectiveAt.toISOString(),
    acceptedAt: row.acceptedAt.toISOString(),
  }));
  const ids = supersededBy(leave, waiting).map((event) => event.id);
  if (ids.length > 0) {
    await manager.query(
      `UPDATE lifecycle_event SET state = 'superseded', reason = $2, finished_at = now() WHERE id = ANY($1)`,
      [ids, 'The person left; only a rehire opens what was planned for them again.'],
    );
  }
  await manager.delete(PasswordEnvelopeEntity, { personUuid: person });
  await manager.delete(ActivationEntity, { personUuid: person });
}

/** Closes what an event had left open and cannot be planned any more. */
export async function failOpenOperations(manager: EntityManager, event: string, reason: string): Promise<void> {
  await manager.query(
    `UPDATE operation SET outcome = 'failed', reason = $2, finished_at = now()
      WHERE event_uuid = $1 AND outcome IN ('planned', 'waiting')`,
    [event, reason],
  );
}
