import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { OperationResult } from '../../contracts/person-run.js';
import { createDataSource } from '../../persistence/data-source.js';
import { LifecycleEventEntity } from '../../persistence/entities/lifecycle-event.entity.js';
import { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { PersonEntity } from '../../persistence/entities/person.entity.js';
import { runMigrations } from '../../persistence/migrate.js';
import { startTestPostgres, type TestPostgres } from '../../test/servers/postgres.js';
import { createOutcomeActivities } from './outcome.activities.js';

const DIRECTORY = 'corp-ad';

describe('recordOutcomes, for people who join with their manager', () => {
  let postgres: TestPostgres;
  let database: DataSource;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    await runMigrations(postgres.url);
    database = await createDataSource(postgres.url).initialize();
  });
  afterAll(async () => {
    await database.destroy();
    await postgres.stop();
  });

  async function joining(manager?: string): Promise<PersonEntity> {
    const attributes = manager === undefined ? {} : { manager };
    const entity = database.manager.create(PersonEntity, { personId: randomUUID(), state: 'active', attributes });
    return database.manager.save(entity);
  }

  /** Records that the account was made, and that the link to the manager was skipped where there is one. */
  async function record(person: PersonEntity): Promise<void> {
    const correlation = { attribute: 'employeeID', value: person.personId };
    const draft = { correlation, attributes: {}, unique: [], enabled: true };
    const results = [await planned(person, { kind: 'create-account', draft }, 'succeeded')];
    const { manager } = person.attributes;
    if (typeof manager === 'string') {
      const link = { kind: 'set-manager', manager: { ...correlation, value: manager } };
      results.push(await planned(person, link, 'skipped'));
    }
    const name = `CN=${person.personId}`;
    const account = { id: `anchor-${person.id}`, name, state: 'active' as const, attributes: {} };
    await createOutcomeActivities({ database }).recordOutcomes({
      person: person.id,
      finished: true,
      results,
      accounts: [{ directory: DIRECTORY, account }],
    });
  }

  async function planned(
    person: PersonEntity,
    detail: Record<string, unknown> & { kind: string },
    outcome: 'succeeded' | 'skipped',
  ): Promise<OperationResult> {
    const id = randomUUID();
    const about = { id, application: DIRECTORY, target: person.personId };
    await database.manager.insert(OperationEntity, {
      ...about,
      personUuid: person.id,
      endUser: { personId: person.personId },
      endUserSearch: person.personId,
      kind: detail.kind,
      detail: { ...about, ...detail },
      actor: 'test',
      source: 'test',
      workflowId: `person/${person.id}`,
      runId: 'run',
    } as never);
    const now = new Date().toISOString();
    return { operationId: id, outcome, attempts: 1, startedAt: now, finishedAt: now };
  }

  const links = (person: PersonEntity) =>
    database.manager.findBy(LifecycleEventEntity, { personUuid: person.id, source: 'tenure', type: 'mover' });

  it('asks for the link when the manager’s account comes after the report’s', async () => {
    const manager = await joining();
    const report = await joining(manager.personId);
    await record(report);
    expect(await links(report)).toHaveLength(0);
    await record(manager);
    expect(await links(report)).toHaveLength(1);
  });

  it('asks for it when the manager’s account was recorded first but came too late for the report', async () => {
    const manager = await joining();
    const report = await joining(manager.personId);
    await record(manager);
    expect(await links(report)).toHaveLength(0);
    await record(report);
    expect(await links(report)).toHaveLength(1);
  });

  it('asks for it once, when both are recorded at the same moment', async () => {
    const manager = await joining();
    const reports = [await joining(manager.personId), await joining(manager.personId)];
    await Promise.all([manager, ...reports].map(record));
    for (const report of reports) expect(await links(report)).toHaveLength(1);
  });

  it('asks for nothing while the manager has no account', async () => {
    const report = await joining(randomUUID());
    await record(report);
    expect(await links(report)).toHaveLength(0);
  });
});
