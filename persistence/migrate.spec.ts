import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EmbeddedPostgres, startPostgres } from '../worker/embedded/postgres';
import { createDataSource } from './data-source';
import { runMigrations } from './migrate';
import { MIGRATIONS } from './migrations';

// A real server takes longer to start where many suites run side by side.
jest.setTimeout(60_000);

describe('migrations', () => {
  let home: string;
  let server: EmbeddedPostgres;

  beforeAll(async () => {
    home = await mkdtemp(join(tmpdir(), 'tenure-migrate-'));
    server = await startPostgres({ home, cacheDir: join(home, 'cache'), durable: false });
  });

  afterAll(async () => {
    await server.stop();
    await rm(home, { recursive: true });
  });

  it('run once, though several replicas start at the same time', async () => {
    const ran = await Promise.all(Array.from({ length: 4 }, () => runMigrations(server.url)));
    expect(ran.flat()).toHaveLength(MIGRATIONS.length);
    expect(await runMigrations(server.url)).toEqual([]);
  });

  it('make exactly the tables that the entities describe', async () => {
    await runMigrations(server.url);
    const dataSource = await createDataSource(server.url).initialize();
    try {
      const { upQueries } = await dataSource.driver.createSchemaBuilder().log();
      expect(upQueries.map(({ query }) => query)).toEqual([]);
    } finally {
      await dataSource.destroy();
    }
  });

  it('can be taken back and run again', async () => {
    await runMigrations(server.url);
    const dataSource = await createDataSource(server.url).initialize();
    try {
      for (const _ of MIGRATIONS) await dataSource.undoLastMigration();
    } finally {
      await dataSource.destroy();
    }
    expect(await runMigrations(server.url)).toHaveLength(MIGRATIONS.length);
  });
});
