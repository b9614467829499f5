import type { DataSource } from 'typeorm';
import type { EventType } from '../domain/event/lifecycle-event.js';
import { toPosition } from './position.js';

/** An event on its way to Temporal. */
export interface EventToHandOver {
  id: string;
  position: number;
  personUuid: string;
  type: EventType;
  source: string;
  effectiveAt: Date;
  urgent: boolean;
}

/** Two queues, so that what is urgent stands behind nothing else: leavers and urgent events, and all the others. */
export type HandOverQueue = 'first' | 'other';

/**
 * The way of accepted events to Temporal. Whoever hands an event over claims it for a while; when the process dies, the
 * claim runs out and another one takes it.
 */
export class HandOverRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** Claims up to `limit` events that Temporal does not have yet, the oldest first, for `claimMs` milliseconds. */
  async claim(queue: HandOverQueue, limit: number, claimMs: number): Promise<EventToHandOver[]> {
    const [rows]: [EventRow[], number] = await this.dataSource.query(CLAIM[queue], [limit, claimMs]);
    return rows.map(toEvent).sort((a, b) => a.position - b.position);
  }

  /** Temporal has these. */
  async confirm(ids: readonly string[]): Promise<void> {
    await this.dataSource.query(
      `UPDATE lifecycle_event SET handed_over_at = clock_timestamp(), hand_over_claimed_until = NULL
       WHERE id = ANY($1::uuid[])`,
      [ids],
    );
  }

  /** These could not be handed over; they are to be tried again after `delayMs` milliseconds, by whoever comes first. */
  async release(ids: readonly string[], delayMs: number): Promise<void> {
    await this.dataSource.query(
      `UPDATE lifecycle_event SET hand_over_claimed_until = clock_timestamp() + $2 * interval '1 millisecond'
       WHERE id = ANY($1::uuid[]) AND handed_over_at IS NULL`,
      [ids, delayMs],
    );
  }

  /**
   * Puts events back that are due, were handed over more than `afterMs` ago and yet were taken by no run: Temporal may
   * have lost them. Every time the same event is put back, it waits twice as long (at most an hour), so that a long
   * queue in Temporal is not made longer. Returns how many.
   */
  async putBackUntaken(afterMs: number, limit: number): Promise<number> {
    const [, count]: [unknown, number] = await this.dataSource.query(PUT_BACK, [afterMs, limit]);
    return count;
  }

  /** How many accepted events Temporal does not have yet, and since when the oldest of them waits. */
  async backlog(): Promise<{ events: number; oldest?: Date }> {
    const [row]: { events: number; oldest: Date | null }[] = await this.dataSource.query(
      `SELECT count(*)::int AS events, min(accepted_at) AS oldest
       FROM lifecycle_event WHERE handed_over_at IS NULL AND state = 'accepted'`,
    );
    return { events: row?.events ?? 0, oldest: row?.oldest ?? undefined };
  }
}

interface EventRow {
  id: string;
  position: string;
  person_uuid: string;
  type: EventType;
  source: string;
  effective_at: Date;
  urgent: boolean;
}

function toEvent(row: EventRow): EventToHandOver {
  return {
    id: row.id,
    position: toPosition(row.position),
    personUuid: row.person_uuid,
    type: row.type,
    source: row.source,
    effectiveAt: row.effective_at,
    urgent: row.urgent,
  };
}

const claim = (condition: string): string => `
  UPDATE lifecycle_event SET hand_over_claimed_until = clock_timestamp() + $2 * interval '1 millisecond'
  WHERE id IN (
    SELECT id FROM lifecycle_event
    WHERE handed_over_at IS NULL AND state = 'accepted' AND ${condition}
      AND (hand_over_claimed_until IS NULL OR hand_over_claimed_until < clock_timestamp())
    ORDER BY position LIMIT $1
    FOR NO KEY UPDATE SKIP LOCKED)
  RETURNING id, position, person_uuid, type, source, effective_at, urgent`;

const CLAIM: Record<HandOverQueue, string> = {
  first: claim(`(urgent OR type = 'leaver')`),
  other: claim(`NOT (urgent OR type = 'leaver')`),
};

// How long it waited the last time follows from the columns: from when it was due until it was handed over again.
const PUT_BACK = `
  UPDATE lifecycle_event SET handed_over_at = NULL, hand_over_claimed_until = NULL
  WHERE id IN (
    SELECT id FROM lifecycle_event
    WHERE state = 'accepted' AND effective_at <= clock_timestamp() AND handed_over_at IS NOT NULL
      AND greatest(handed_over_at, effective_at) + least(interval '1 hour', greatest(
        $1 * interval '1 millisecond', handed_over_at - greatest(accepted_at, effective_at))) < clock_timestamp()
    ORDER BY (urgent OR type = 'leaver') DESC, position LIMIT $2
    FOR NO KEY UPDATE SKIP LOCKED)`;
