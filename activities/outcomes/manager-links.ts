import type { EntityManager } from 'typeorm';
import type { Person } from '../../domain/person/person.js';
import type { Finished } from './outcome.activities.js';

/**
 * People who joined before their manager had an account are told to the manager's account now: each gets a mover event
 * of Tenure's own, which comes to them in their own order. The id makes a repetition harmless.
 */
export async function askForManagerLinks(
  manager: EntityManager,
  person: Pick<Person, 'personId'>,
  finished: Finished[],
): Promise<void> {
  const directories = finished
    .filter(({ operation, result }) => operation.kind === 'create-account' && result.outcome === 'succeeded')
    .map(({ operation }) => operation.application);
  if (directories.length === 0) return;
  await manager.query(
    `INSERT INTO lifecycle_event (id, person_uuid, type, source, event_id, effective_at, urgent, attributes, body_hash, actor)
     SELECT gen_random_uuid(), report.id, 'mover', 'tenure', 'manager-account/' || $1 || '/' || account.anchor, now(),
            false, '{}', '', 'tenure'
       FROM person AS report
       JOIN account ON account.person_uuid = report.id AND account.directory = ANY($2) AND account.manager IS NULL
      WHERE report.attributes ->> 'manager' = $1 AND report.state = 'active'
     ON CONFLICT (source, event_id) DO NOTHING`,
    [person.personId, directories],
  );
}
