import type { DataSource } from 'typeorm';
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

describe('EventAcceptanceRepository', () => {
  let postgres: TestPostgres;
  let database: DataSource;
  let repository: EventAcceptanceRepository;

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

  it('numbers the events of a person in the order in which they became visible', async () => {
    const seen: number[] = [];
    let watching = true;
    const watch = (async () => {
      while (watching) {
        const rows = await database.query(
          `SELECT position FROM lifecycle_event JOIN person p ON p.id = person_uuid
           WHERE p.person_id = 'O' AND NOT position = ANY($1) ORDER BY position`,
          [seen],
        );
        seen.push(...rows.map(({ position }: { position: string }) => Number(position)));
      }
    })();
    await Promise.all(
      Array.from({ length: 60 }, (_, index) => repository.accept([newEvent(`o-${index}`, 'O')], 'test')),
    );
    watching = false;
    await watch;
    expect(seen).toEqual([...seen].sort((a, b) => a - b));
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
