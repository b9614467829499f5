import type { DataSource } from 'typeorm';
import { LifecycleEventEntity } from './entities/lifecycle-event.entity.js';
import { OperationEntity } from './entities/operation.entity.js';
import type { PersonEntity } from './entities/person.entity.js';

/** An event with its person and all that was done because of it, oldest first. */
export interface FollowedEvent {
  event: LifecycleEventEntity;
  person: PersonEntity;
  operations: OperationEntity[];
}

/** What became of a rescission: `rescinded`, or why not (`due`: it takes effect already; else the state it is in). */
export type Rescission =
  | { outcome: 'unknown' }
  | { outcome: 'rescinded' | 'due' | 'closed'; event: LifecycleEventEntity };

const LOCK_PERSON = `
  SELECT FROM person WHERE id = (SELECT person_uuid FROM lifecycle_event WHERE id = $1) FOR NO KEY UPDATE`;

/** Reads events, and takes back those that are still to come. */
export class LifecycleEventRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The event of that id (a UUID). */
  async follow(id: string): Promise<FollowedEvent | undefined> {
    const event = await this.dataSource.getRepository(LifecycleEventEntity).findOne({
      where: { id },
      relations: { person: true },
    });
    if (!event?.person) return undefined;
    const operations = await this.dataSource.getRepository(OperationEntity).find({
      where: { eventUuid: id },
      order: { position: 'ASC' },
    });
    return { event, person: event.person, operations };
  }

  /** Closes an event that is not due and that no run has taken. Doing it twice finds it `closed`. */
  async rescind(id: string, reason: string): Promise<Rescission> {
    return await this.dataSource.transaction(async (manager): Promise<Rescission> => {
      const events = manager.getRepository(LifecycleEventEntity);
      // A run that takes an event locks its person: one of the two comes first.
      await manager.query(LOCK_PERSON, [id]);
      const event = await events.findOneBy({ id });
      if (!event) return { outcome: 'unknown' };
      if (event.state !== 'accepted') return { outcome: 'closed', event };
      if (event.effectiveAt.getTime() <= Date.now()) return { outcome: 'due', event };
      Object.assign(event, { state: 'superseded', reason, finishedAt: new Date() });
      await events.update({ id }, { state: 'superseded', reason, finishedAt: event.finishedAt });
      return { outcome: 'rescinded', event };
    });
  }
}
