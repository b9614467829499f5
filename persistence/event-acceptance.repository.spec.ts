import type { DataSource } from 'typeorm';
import { eventually } from '../test/eventually';
import { startTestPostgres, type TestPostgres } from '../test/servers/postgres';
import { createDataSource } from './data-source';
import { LifecycleEventEntity } from './entities/lifecycle-event.entity';
import { PersonEntity } from './entities/person.entity';
import { EventAcceptanceRepository, type NewEvent } from './event-acceptance.repository';
import { runMigrations } from './migrate';

const newEvent = (eventId: string, personId: string, changes: Partial<NewEvent> = {}): NewEvent => ({
  type: 'mover',
  source: 'test',
  eventId,
  effectiveAt: new Date('2026-01-01T00:00:00Z'),
  urgent: false,
  personId,
  attributes: {},
  bodyHash: 'hash',
  ...changes,
});

// A real server takes longer to start where many suites run side by side.
jest.setTimeout(60_000);

describe('EventAcceptanceRepository', () => {
  let postgres: TestPostgres;
  let database: DataSource;
  let repository: EventAcceptanceRepository;

  const isSomebodyWaiting = async (): Promise<boolean> =>
    (await database.query('SELECT FROM pg_locks WHERE NOT granted')).length > 0;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    await runMigrations(postgres.url);
    database = await createDataSource(postgres.url).initialize();
    repository = new EventAcceptanceRepository(database);
  });

  afterAll(async () => {
    await database.destroy();
    await postgres.stop();
  });

  it('survives arrays that lock the same people and events in opposite orders', async () => {
    const list = Array.from({ length: 200 }, (_, index) => newEvent(`d-${index}`, `D-${index % 50}`));
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) => repository.accept(index % 2 ? list : [...list].reverse(), 'test')),
    );
    const accepted = answers.flat().filter(({ outcome }) => outcome === 'accepted');
    expect(accepted).toHaveLength(200);
    expect(new Set(answers.flat().map(({ event }) => event.id)).size).toBe(200);
    expect(await database.getRepository(PersonEntity).count()).toBe(50);
  });

  it('lets one win where the same id is used for different people at once, and leaves no person without an event', async () => {
    for (let round = 0; round < 10; round++) {
      const rivals = Array.from({ length: 6 }, (_, index) =>
        repository.accept([newEvent(`r-${round}`, `R-${round}-${index}`, { bodyHash: `hash ${index}` })], 'test'),
      );
      const outcomes = (await Promise.all(rivals)).map(([answer]) => answer?.outcome);
      expect(outcomes.sort()).toEqual(['accepted', ...Array(5).fill('conflict')]);
    }
    const eventless = await database.query(
      'SELECT person_id FROM person WHERE NOT EXISTS (SELECT FROM lifecycle_event WHERE person_uuid = person.id)',
    );
    expect(eventless).toEqual([]);
  });

  it('is run again when PostgreSQL ends a deadlock by taking it back', async () => {
    await repository.accept([newEvent('x-0', 'X')], 'test');
    const other = database.createQueryRunner();
    const insert = (eventId: string) =>
      other.query(
        `INSERT INTO lifecycle_event (person_uuid, type, source, event_id, effective_at, body_hash, actor)
         SELECT id, 'mover', 'test', $1, now(), 'hash', 'other' FROM person WHERE person_id = 'X'`,
        [eventId],
      );
    await other.startTransaction();
    await insert('x-2');
    const acceptance = repository.accept([newEvent('x-1', 'Y'), newEvent('x-2', 'Z')], 'test');
    await eventually(isSomebodyWaiting);
    // Each of the two waits for the other now. The one that waits longer notices, and gives way.
    await insert('x-1');
    await other.commitTransaction();
    await other.release();
    expect((await acceptance).map(({ outcome }) => outcome)).toEqual(['repeated', 'repeated']);
  });

  it('waits for whoever accepts an event of the same person, so that positions tell the order of the commits', async () => {
    await repository.accept([newEvent('o-0', 'O')], 'test');
    const other = database.createQueryRunner();
    await other.startTransaction();
    await other.query(`SELECT FROM person WHERE person_id = 'O' FOR NO KEY UPDATE`);
    const acceptance = repository.accept([newEvent('o-1', 'O')], 'test').then(() => 'accepted');
    const waits = eventually(isSomebodyWaiting).then(() => 'waits');
    expect(await Promise.race([acceptance, waits])).toBe('waits');
    await other.commitTransaction();
    await other.release();
    expect(await acceptance).toBe('accepted');
  });

  it('takes as few statements for many events as for one', async () => {
    const statements = async (count: number): Promise<number> => {
      const events = Array.from({ length: count }, (_, index) =>
        newEvent(`s-${count}-${index}`, `S-${count}-${index}`),
      );
      let asked = 0;
      const runner = Object.getPrototypeOf(database.createQueryRunner());
      const query = jest.spyOn(runner, 'query').mockImplementation(function (this: unknown, ...args) {
        asked += 1;
        return original.apply(this, args);
      });
      await repository.accept(events, 'test');
      query.mockRestore();
      return asked;
    };
    const original = Object.getPrototypeOf(database.createQueryRunner()).query;
    expect(await statements(1000)).toBe(await statements(1));
  });

  it('refuses an event without a person to look for, instead of finding the first one', async () => {
    const events = database.getRepository(LifecycleEventEntity);
    await expect(events.findOneBy({ id: undefined })).rejects.toThrow(/undefined/i);
    // A caller in JavaScript, or a value that was cast.
    await expect(events.findOneBy({ id: null as unknown as string })).rejects.toThrow(/null/i);
  });
});
