import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type EmbeddedPostgres, startPostgres } from './postgres.js';

const run = promisify(execFile);

describe('embedded PostgreSQL', () => {
  let home: string;
  let server: EmbeddedPostgres | undefined;

  const start = async (options: { port?: number; durable?: boolean } = {}): Promise<EmbeddedPostgres> => {
    server = await startPostgres({ home, cacheDir: join(home, 'cache'), ...options });
    return server;
  };

  const query = async (url: string, sql: string): Promise<Record<string, unknown>[]> => {
    const client = new Client({ connectionString: url });
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };

  beforeEach(async () => {
    // 0700 like root's home folder: as root, the user the server runs as cannot pass through it.
    home = await mkdtemp(join(tmpdir(), 'tenure-postgres-'));
  });

  afterEach(async () => {
    await server?.stop();
    server = undefined;
    await rm(home, { recursive: true, force: true });
  });

  it('keeps data, port and password over a restart', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept (word text); INSERT INTO kept VALUES ($$größer$$)');
    await first.stop();

    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'SELECT upper(word) AS word FROM kept')).toEqual([{ word: 'GRÖßER' }]);
  });

  it('is durable unless told otherwise', async () => {
    const { url, stop } = await start();
    expect(await query(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
    await stop();
    expect(await query((await start({ durable: false })).url, 'SHOW fsync')).toEqual([{ fsync: 'off' }]);
  });

  it('loses nothing committed when it is killed, and starts again', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept AS SELECT generate_series(1, 1000) AS n');
    process.kill(first.pid, 'SIGKILL');
    await expect(first.exited).resolves.toMatchObject({ signal: 'SIGKILL' });

    const second = await start();
    expect(await query(second.url, 'SELECT count(*)::int AS n FROM kept')).toEqual([{ n: 1000 }]);
  });

  it('says in one sentence that it is already running for the folder', async () => {
    await start();
    await expect(startPostgres({ home, cacheDir: home })).rejects.toThrow(
      /^PostgreSQL of .* is already run by another Tenure \(process \d+\): stop that one first, or set TENURE_HOME/,
    );
  });

  it('says in one sentence that a chosen port is taken', async () => {
    const { port, stop } = await start();
    const other = await mkdtemp(join(tmpdir(), 'tenure-postgres-'));
    await expect(startPostgres({ home: other, cacheDir: other, port })).rejects.toThrow(
      `Port ${port} on 127.0.0.1, meant for PostgreSQL, is taken by another program`,
    );
    await stop();
    await rm(other, { recursive: true });
  });

  it('lets nobody in without the password, and nobody else read it', async () => {
    const { url } = await start();
    await expect(query(url.replace(/:[^:@]+@/, ':wrong@'), 'SELECT 1')).rejects.toThrow('password authentication');
    expect((await stat(join(home, 'postgres/connection.json'))).mode & 0o777).toBe(0o600);
    expect((await stat(join(home, 'postgres/data'))).mode & 0o777).toBe(0o700);
  });

  it('refuses a broken state folder and leaves it as it is', async () => {
    await (await start()).stop();
    const version = join(home, 'postgres/data/PG_VERSION');
    const text = await readFile(version, 'utf8');
    await rm(version);
    await expect(start()).rejects.toThrow(/is broken \(it has no PG_VERSION\)/);
    await writeFile(version, text);
    await start();
  });

  it('takes over the server of a Tenure that was killed', async () => {
    const script = `
      require(${JSON.stringify(require.resolve('tsx/cjs'))});
      const { startPostgres } = require(${JSON.stringify(join(__dirname, 'postgres.ts'))});
      startPostgres({ home: ${JSON.stringify(home)}, cacheDir: ${JSON.stringify(home)} })
        .then(({ url }) => { console.log(url); process.kill(process.pid, 'SIGKILL'); });`;
    const { stdout } = await run(process.execPath, ['-e', script]).catch((killed: { stdout: string }) => killed);
    const { url } = await start();
    expect(url).toBe(stdout.trim());
    expect(await query(url, 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
  });
});
