import type { DataSource } from 'typeorm';

/** Passwords and reset mails have runs of their own. */
const OF_PERSON_RUNS = `outcome IN ('planned', 'waiting') AND kind NOT IN ('set-password', 'send-reset-mail')`;

/**
 * What a person's run has taken and not finished. Usually it is at it, or waits. A run that was ended from outside (an
 * operator terminated it, Temporal's state was lost) leaves it for ever, unless somebody puts it back.
 */
export class UnfinishedRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Persons (UUIDs, in order, above `after`) with something unfinished that is older than `ageMs` milliseconds. */
  async persons(after: string, ageMs: number, limit: number): Promise<string[]> {
    const rows: { person: string }[] = await this.dataSource.query(PERSONS, [after, ageMs, limit]);
    return rows.map(({ person }) => person);
  }

  /**
   * For a person without an open run: their unfinished event is accepted once more, and rows of the report that belong
   * to no event that comes again are closed as failed, so that they can be retried. Returns how many of both.
   */
  async putBack(person: string, ageMs: number): Promise<number> {
    return this.dataSource.transaction(async (manager) => {
      await manager.query('SELECT FROM person WHERE id = $1 FOR NO KEY UPDATE', [person]);
      const [, events]: [unknown, number] = await manager.query(PUT_BACK_EVENTS, [person, ageMs]);
      const [, operations]: [unknown, number] = await manager.query(FAIL_OPERATIONS, [person, ageMs]);
      return events + operations;
    });
  }

  /** Closes reset mails whose run was ended from outside: it would have given up after a day. */
  async failLostMails(): Promise<void> {
    await this.dataSource.query(FAIL_LOST_MAILS);
  }
}

const FAIL_LOST_MAILS = `
  UPDATE operation SET outcome = 'failed', finished_at = now(),
         reason = 'The run that was to send it was ended in Temporal before it did. Send another one.'
   WHERE outcome IN ('planned', 'waiting') AND kind = 'send-reset-mail' AND run_id <> ''
     AND planned_at < now() - interval '2 days'`;

const PERSONS = `
  SELECT person_uuid AS person FROM lifecycle_event
   WHERE state = 'taken' AND person_uuid > $1 AND taken_at < clock_timestamp() - $2 * interval '1 millisecond'
   UNION
  SELECT person_uuid FROM operation
   WHERE ${OF_PERSON_RUNS} AND person_uuid > $1 AND planned_at < clock_timestamp() - $2 * interval '1 millisecond'
   ORDER BY person LIMIT $3`;

// An event that is done may have left a deletion for the end of a grace period. Its run is the one that took it.
const PUT_BACK_EVENTS = `
  UPDATE lifecycle_event AS e SET state = 'accepted', handed_over_at = NULL, hand_over_claimed_until = NULL
   WHERE person_uuid = $1 AND taken_at < clock_timestamp() - $2 * interval '1 millisecond'
     AND (state = 'taken' OR (state = 'done' AND EXISTS (
       SELECT FROM operation AS o WHERE o.event_uuid = e.id AND o.run_id = e.workflow_run_id AND ${OF_PERSON_RUNS})))`;

const FAIL_OPERATIONS = `
  UPDATE operation SET outcome = 'failed', finished_at = now(),
         reason = 'The run that was to do this was ended in Temporal before it did. Retry it.'
   WHERE person_uuid = $1 AND ${OF_PERSON_RUNS} AND planned_at < clock_timestamp() - $2 * interval '1 millisecond'
     AND NOT EXISTS (SELECT FROM lifecycle_event AS e
                      WHERE e.id = event_uuid AND e.state IN ('accepted', 'taken', 'done')
                         AND e.workflow_run_id = run_id)`;
