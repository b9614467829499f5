import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import { startTestPostgres, type TestPostgres } from '../test/servers/postgres';
import { createDataSource } from './data-source';
import { endUserSearch, OperationEntity } from './entities/operation.entity';
import { PersonEntity } from './entities/person.entity';
import { runMigrations } from './migrate';
import { ReportRepository } from './report.repository';

// A real server takes longer to start where many suites run side by side.
jest.setTimeout(60_000);

describe('ReportRepository', () => {
  let postgres: TestPostgres;
  let database: DataSource;
  let report: ReportRepository;
  let person: PersonEntity;

  const insert = async (changes: Partial<OperationEntity> = {}): Promise<OperationEntity> => {
    const operations = database.getRepository(OperationEntity);
    const id = randomUUID();
    const endUser = changes.endUser ?? { personId: 'E1' };
    const row = operations.create({
      id,
      personUuid: person.id,
      endUser,
      endUserSearch: endUserSearch(endUser),
      application: 'ad',
      kind: 'update-account',
      target: 'x',
      detail: { kind: 'disable-account', id, application: 'ad', target: 'x' },
      actor: 'admin',
      source: 'test',
      workflowId: 'w',
      runId: 'r',
      ...changes,
    });
    await operations.insert(row);
    return row;
  };

  beforeAll(async () => {
    postgres = await startTestPostgres();
    await runMigrations(postgres.url);
    database = await createDataSource(postgres.url).initialize();
    report = new ReportRepository(database);
    person = await database.getRepository(PersonEntity).save({ personId: 'E1' });
  });

  afterAll(async () => {
    await database.destroy();
    await postgres.stop();
  });

  beforeEach(async () => {
    await database.query('TRUNCATE operation');
  });

  it('keeps a row as it is once its outcome is final', async () => {
    const operations = database.getRepository(OperationEntity);
    const { id } = await insert();
    await operations.update({ id }, { outcome: 'waiting', reason: 'AD does not answer.' });
    await operations.update({ id }, { outcome: 'failed', reason: 'Refused.' });
    for (const change of [{ reason: 'Nothing happened.' }, { outcome: 'succeeded' as const }, { attempts: 9 }]) {
      await expect(operations.update({ id }, change)).rejects.toThrow(
        `Operation ${id} is final (failed): the report keeps it as it is.`,
      );
    }
    await expect(operations.delete({ id })).rejects.toThrow('is final');
    expect(await operations.findOneBy({ id })).toMatchObject({ outcome: 'failed', reason: 'Refused.' });
  });

  it('shows every row once, page after page, while new rows arrive', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 25; index++) ids.push((await insert()).id);
    const seen: string[] = [];
    let before: number | undefined;
    do {
      const page = await report.page({}, 7, before);
      seen.push(...page.rows.map(({ id }) => id));
      before = page.next;
      await insert();
    } while (before !== undefined);
    expect(seen).toEqual([...ids].reverse());
  });

  it('has no next page when the last one is just full', async () => {
    for (let index = 0; index < 4; index++) await insert();
    const first = await report.page({}, 2);
    expect(first.next).toBe(first.rows[1]?.position);
    expect((await report.page({}, 2, first.next)).next).toBeUndefined();
  });

  it('finds an end user by any part of id, name, user name and mail, in any case, and takes no wildcard', async () => {
    const zoe = { personId: 'E-100%', displayName: 'Zoë O’Brien', userName: 'zoe_b@corp.example', mail: 'Z@x.example' };
    const { id } = await insert({ endUser: zoe });
    await insert({ endUser: { personId: 'E-1000', displayName: 'Other', userName: 'zoexb@corp.example' } });
    const find = async (endUser: string) => (await report.page({ endUser }, 10)).rows.map((row) => row.id);
    for (const part of ['100%', 'ZOË', 'o’brien', 'zoe_b', 'z@X']) expect(await find(part)).toEqual([id]);
    expect(await find('corp.example')).toHaveLength(2);
    for (const nobody of ['%', '\\', `' OR 1=1 --`, 'brien zoe']) {
      expect(await find(nobody)).toEqual(nobody === '%' ? [id] : []);
    }
  });

  it('filters by application, operation, outcome and time, together', async () => {
    const day = (date: string) => new Date(`${date}T12:00:00Z`);
    const finished = { outcome: 'succeeded' as const, plannedAt: day('2026-01-01'), finishedAt: day('2026-01-03') };
    const one = await insert({ ...finished, application: 'entra' });
    const two = await insert({ ...finished, kind: 'delete-account' });
    const open = await insert({ plannedAt: day('2026-01-02') });
    const find = async (filter: Parameters<ReportRepository['page']>[0]) =>
      (await report.page(filter, 10)).rows.map((row) => row.id);
    expect(await find({ application: ['entra', 'none'] })).toEqual([one.id]);
    expect(await find({ operation: ['delete-account'] })).toEqual([two.id]);
    expect(await find({ outcome: ['planned', 'waiting'] })).toEqual([open.id]);
    expect(await find({ from: day('2026-01-03') })).toEqual([two.id, one.id]);
    expect(await find({ to: day('2026-01-03') })).toEqual([open.id]);
    expect(await find({ application: ['ad'], outcome: ['succeeded'], from: day('2026-01-01') })).toEqual([two.id]);
  });

  it('uses its indexes on a large table', async () => {
    await database.query(
      `INSERT INTO operation (id, person_uuid, end_user, end_user_search, application, kind, target, detail, actor, source, workflow_id, run_id)
       SELECT 'n' || n, $1, '{}', 'e' || md5(n::text), 'ad', 'update-account', 'x', '{}', 'a', 's', 'w', 'r' FROM generate_series(1, 50000) n`,
      [person.id],
    );
    await database.query('ANALYZE operation');
    const plan = async (where: string) =>
      JSON.stringify(
        await database.query(`EXPLAIN SELECT * FROM operation WHERE ${where} ORDER BY position DESC LIMIT 51`),
      );
    expect(await plan(`end_user_search LIKE '%abcdef1%'`)).toContain('operation_end_user_search_idx');
    expect(await plan('position < 400')).toContain('operation_position_key');
    expect(await plan(`outcome = 'failed'`)).toContain('operation_outcome_idx');
    expect(await plan(`coalesce(finished_at, planned_at) < '2020-01-01'`)).toContain('operation_time_idx');
  });
});
