import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { EventState, EventType } from '../domain/event/lifecycle-event.js';
import type { Attributes } from '../domain/person/attributes.js';
import { transactionWithRetry } from './deadlock.js';
import { toPosition } from './position.js';

/** An event that was checked and is to be accepted. */
export interface NewEvent {
  type: EventType;
  source: string;
  eventId: string;
  effectiveAt: Date;
  urgent: boolean;
  /** HR's id of the person. */
  personId: string;
  attributes: Attributes;
  /** SHA-256 (hex) of the canonical body. */
  bodyHash: string;
}

/** An event that the database has. */
export interface AcceptedEvent {
  id: string;
  position: number;
  personUuid: string;
  personId: string;
  type: EventType;
  source: string;
  eventId: string;
  effectiveAt: Date;
  urgent: boolean;
  state: EventState;
  acceptedAt: Date;
}

/**
 * What became of one new event. `repeated`: the same event was accepted before. `conflict`: another event has its
 * source and id; `event` is that other one.
 */
export interface Acceptance {
  outcome: 'accepted' | 'repeated' | 'conflict';
  event: AcceptedEvent;
}

type StoredEvent = AcceptedEvent & { bodyHash: string };

/** Takes events in. */
export class EventAcceptanceRepository {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Accepts many events in one transaction, with the same few statements however many they are. Persons who are not
   * known yet are created as `expected`. The answers stand in the order of the events; when it resolves, what it
   * accepted is committed. Events of one person are numbered in the order of the list, and of the commits.
   */
  async accept(events: readonly NewEvent[], actor: string): Promise<Acceptance[]> {
    if (events.length === 0) return [];
    return await transactionWithRetry(this.dataSource, async (manager) => {
      const earlier = await findStored(manager, events);
      const unknown = firstOfEachKey(events.filter((event) => !earlier.has(keyOf(event))));
      const inserted = unknown.length === 0 ? new Map() : await insert(manager, unknown, actor);
      const missed = unknown.filter((event) => !inserted.has(keyOf(event)));
      // Another transaction accepted these while this one waited for it.
      const meanwhile = missed.length === 0 ? new Map() : await findStored(manager, missed);
      return answers(events, inserted, new Map([...earlier, ...meanwhile]));
    });
  }
}

/** The unique pair, unambiguous whatever the parts are. */
function keyOf({ source, eventId }: { source: string; eventId: string }): string {
  return JSON.stringify([source, eventId]);
}

function firstOfEachKey(events: readonly NewEvent[]): NewEvent[] {
  const first = new Map<string, NewEvent>();
  for (const event of events) if (!first.has(keyOf(event))) first.set(keyOf(event), event);
  return [...first.values()];
}

function answers(
  events: readonly NewEvent[],
  inserted: Map<string, StoredEvent>,
  earlier: Map<string, StoredEvent>,
): Acceptance[] {
  const told = new Set<string>();
  return events.map((event) => {
    const key = keyOf(event);
    const stored = inserted.get(key) ?? earlier.get(key);
    if (!stored) throw new Error(`The event ${key} was neither stored nor found.`);
    const isNew = inserted.has(key) && !told.has(key);
    told.add(key);
    const { bodyHash, ...accepted } = stored;
    if (isNew) return { outcome: 'accepted', event: accepted };
    return { outcome: bodyHash === event.bodyHash ? 'repeated' : 'conflict', event: accepted };
  });
}

async function insert(manager: EntityManager, events: NewEvent[], actor: string): Promise<Map<string, StoredEvent>> {
  const { ids, created } = await lockPersons(manager, [...new Set(events.map(({ personId }) => personId))]);
  const rows: StoredRow[] = await manager.query(INSERT_EVENTS, [
    events.map(() => randomUUID()),
    events.map(({ personId }) => ids.get(personId)),
    events.map(({ type }) => type),
    events.map(({ source }) => source),
    events.map(({ eventId }) => eventId),
    events.map(({ effectiveAt }) => effectiveAt.toISOString()),
    events.map(({ urgent }) => urgent),
    events.map(({ attributes }) => JSON.stringify(attributes)),
    events.map(({ bodyHash }) => bodyHash),
    actor,
  ]);
  // A person who was created for an event that turned out to be another one's repetition has no event.
  if (rows.length < events.length && created.length > 0) await manager.query(DELETE_EVENTLESS, [created]);
  const personIds = new Map([...ids].map(([personId, id]) => [id, personId]));
  return byKey(rows.map((row) => toStored({ ...row, person_id: personIds.get(row.person_uuid) ?? '' })));
}

/**
 * Creates who is missing and locks all of them until the end of the transaction, always in the same order. So events of
 * one person are accepted one transaction after the other, and their positions tell the order in which that happened.
 */
async function lockPersons(
  manager: EntityManager,
  personIds: string[],
): Promise<{ ids: Map<string, string>; created: string[] }> {
  const created: { id: string }[] = await manager.query(CREATE_PERSONS, [personIds.map(() => randomUUID()), personIds]);
  const rows: { id: string; person_id: string }[] = await manager.query(LOCK_PERSONS, [personIds]);
  return { ids: new Map(rows.map((row) => [row.person_id, row.id])), created: created.map(({ id }) => id) };
}

async function findStored(
  manager: EntityManager,
  events: readonly { source: string; eventId: string }[],
): Promise<Map<string, StoredEvent>> {
  const rows: StoredRow[] = await manager.query(FIND_STORED, [
    events.map(({ source }) => source),
    events.map(({ eventId }) => eventId),
  ]);
  return byKey(rows.map(toStored));
}

function byKey(events: StoredEvent[]): Map<string, StoredEvent> {
  return new Map(events.map((event) => [keyOf(event), event]));
}

interface StoredRow {
  id: string;
  position: string;
  person_uuid: string;
  person_id: string;
  type: EventType;
  source: string;
  event_id: string;
  effective_at: Date;
  urgent: boolean;
  state: EventState;
  accepted_at: Date;
  body_hash: string;
}

function toStored(row: StoredRow): StoredEvent {
  return {
    id: row.id,
    position: toPosition(row.position),
    personUuid: row.person_uuid,
    personId: row.person_id,
    type: row.type,
    source: row.source,
    eventId: row.event_id,
    effectiveAt: row.effective_at,
    urgent: row.urgent,
    state: row.state,
    acceptedAt: row.accepted_at,
    bodyHash: row.body_hash,
  };
}

const FIND_STORED = `
  SELECT e.id, e.position, e.person_uuid, p.person_id, e.type, e.source, e.event_id, e.effective_at, e.urgent, e.state,
         e.accepted_at, e.body_hash
  FROM unnest($1::text[], $2::text[]) AS wanted(source, event_id)
  JOIN lifecycle_event e USING (source, event_id)
  JOIN person p ON p.id = e.person_uuid`;

const CREATE_PERSONS = `
  INSERT INTO person (id, person_id)
  SELECT id, person_id FROM unnest($1::uuid[], $2::text[]) AS new(id, person_id) ORDER BY person_id
  ON CONFLICT (person_id) DO NOTHING
  RETURNING id`;

const LOCK_PERSONS = `
  SELECT id, person_id FROM person WHERE person_id = ANY($1::text[]) ORDER BY person_id FOR NO KEY UPDATE`;

const INSERT_EVENTS = `
  INSERT INTO lifecycle_event
    (id, person_uuid, type, source, event_id, effective_at, urgent, attributes, body_hash, actor)
  SELECT id, person_uuid, type, source, event_id, effective_at, urgent, attributes::jsonb, body_hash, $10
  FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[], $8::text[],
              $9::text[])
    WITH ORDINALITY
    AS new(id, person_uuid, type, source, event_id, effective_at, urgent, attributes, body_hash, ordinality)
  ORDER BY ordinality
  ON CONFLICT (source, event_id) DO NOTHING
  RETURNING id, position, person_uuid, type, source, event_id, effective_at, urgent, state, accepted_at, body_hash`;

const DELETE_EVENTLESS = `
  DELETE FROM person
  WHERE id = ANY($1::uuid[]) AND NOT EXISTS (SELECT FROM lifecycle_event WHERE person_uuid = person.id)`;
