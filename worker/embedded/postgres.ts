import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { type ChildExit, type RunningChild, startChild } from './child.js';
import { claimServer } from './claim.js';
import { freePort, isPortFree, requirePort } from './free-port.js';
import { isOpenToAll, type PostgresBinaries, postgresBinaries, UNPRIVILEGED_ID } from './postgres-binaries.js';

const run = promisify(execFile);

/** Where the embedded PostgreSQL keeps what and how it runs. */
export interface PostgresOptions {
  /** The state folder; the data stands in `<home>/postgres`. */
  home: string;
  /** The cache folder, for a copy of the programs where they cannot be used in place. */
  cacheDir: string;
  /** The port to listen on. Default: a free one, chosen at the first start and kept. */
  port?: number;
  /** False (no fsync) loses data when the machine fails, not when the server is killed: for tests. Default true. */
  durable?: boolean;
  /** Called with each line of the server's log. */
  log?: (line: string) => void;
}

/** A running embedded PostgreSQL, listening on 127.0.0.1 only. */
export interface EmbeddedPostgres {
  /** Connection URL of the database `tenure`, its owner's password included. */
  url: string;
  port: number;
  pid: number;
  /** Resolves when the server has ended, whatever the reason. */
  exited: Promise<ChildExit>;
  /** Fast shutdown: open transactions are rolled back, nothing committed is lost. */
  stop(): Promise<void>;
}

interface Connection {
  port: number;
  password: string;
}

const USER = 'tenure';
const DATABASE = 'tenure';

/** A path to the working directory that needs no right to the folders above it (Linux, proc(5)). */
const VIA_CWD = '/proc/self/cwd';

/**
 * Starts the PostgreSQL of a state folder, making it at the first start.
 * As root, the server runs as `nobody`, who then owns the data folder.
 * @throws Error with one sentence: already running for this folder, port taken, no binaries for this system
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const claim = await claimServer(options.home, 'postgres', 'PostgreSQL');
  try {
    const folder = join(options.home, 'postgres');
    const binaries = await postgresBinaries(options.cacheDir);
    const account = await prepareFolder(folder);
    const connection = await connectionOf(folder, options.port);
    const data = join(folder, 'data');
    if (!(await exists(data))) await initialise(binaries, folder, connection.password, account);
    else if (!(await exists(join(data, 'PG_VERSION')))) throw broken(data, 'it has no PG_VERSION');
    const child = await onceTheKilledOneIsGone(() =>
      startChild({
        name: 'PostgreSQL',
        command: binaries.postgres,
        args: ['-D', account.viaCwd ? VIA_CWD : data, ...settings(connection.port, options.durable ?? true)],
        cwd: data,
        env: environment(),
        uid: account.uid,
        gid: account.gid,
        ready: /database system is ready to accept connections/,
        readyTimeout: 120_000, // recovery after a crash reads the write-ahead log first
        stopSignal: 'SIGINT',
        stopTimeout: 20_000,
        log: options.log,
      }),
    );
    child.exited.then(() => claim.release());
    await claim.record(child.pid);
    await createDatabase(connection).catch(async (error) => {
      await child.stop();
      throw error;
    });
    return {
      url: urlOf(connection, DATABASE),
      port: connection.port,
      pid: child.pid,
      exited: child.exited,
      stop: () => child.stop(),
    };
  } catch (error) {
    claim.release();
    throw error;
  }
}

/**
 * Starts the server, and again for a while when it finds one of its own that was killed a moment ago: such a process
 * stands in the process table until somebody takes note of its end, and its children in their shared memory.
 */
async function onceTheKilledOneIsGone(start: () => Promise<RunningChild>): Promise<RunningChild> {
  const deadline = Date.now() + 10_000;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      // The claim says that no other Tenure runs it.
      const isThere = /lock file "postmaster\.pid" already exists|pre-existing shared memory block/;
      if (!isThere.test((error as Error).message) || Date.now() > deadline) throw error;
      await wait(100);
    }
  }
}

interface Account {
  uid?: number;
  gid?: number;
  /** The data folder lies where the account cannot pass, so the server reaches it as its working directory. */
  viaCwd: boolean;
}

async function prepareFolder(folder: string): Promise<Account> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  if (process.getuid?.() !== 0) return { viaCwd: false };
  // A folder that an ordinary user has begun stays that user's.
  const owner = await stat(folder);
  const [uid, gid] = owner.uid === 0 ? [UNPRIVILEGED_ID, UNPRIVILEGED_ID] : [owner.uid, owner.gid];
  await chown(folder, uid, gid);
  await chmod(folder, 0o700);
  const reachable = await isOpenToAll(join(folder, '..'));
  if (!reachable && process.platform !== 'linux') {
    throw new Error(
      `Run by root, PostgreSQL works as the user nobody, who cannot enter ${folder}: ` +
        'run Tenure as an ordinary user, or set TENURE_HOME to a folder that everybody may pass through.',
    );
  }
  return { uid, gid, viaCwd: !reachable };
}

/** Reads the remembered port and password, or chooses them; a remembered port that is taken is chosen anew. */
async function connectionOf(folder: string, wantedPort?: number): Promise<Connection> {
  const file = join(folder, 'connection.json');
  const remembered = (await exists(file)) ? parseConnection(await readFile(file, 'utf8'), folder) : undefined;
  if (wantedPort !== undefined) await requirePort(wantedPort, 'PostgreSQL', 'choose another one for it');
  const rememberedPort = remembered && (await isPortFree(remembered.port)) ? remembered.port : undefined;
  const connection = {
    port: wantedPort ?? rememberedPort ?? (await freePort()),
    password: remembered?.password ?? randomBytes(24).toString('base64url'),
  };
  await writeFile(file, JSON.stringify(connection), { mode: 0o600 });
  return connection;
}

function parseConnection(text: string, folder: string): Connection {
  try {
    return JSON.parse(text) as Connection;
  } catch {
    throw broken(folder, 'connection.json cannot be read');
  }
}

function broken(folder: string, reason: string): Error {
  return new Error(
    `The PostgreSQL state in ${folder} is broken (${reason}): put back a copy of it, ` +
      'or set TENURE_HOME to another folder to start afresh.',
  );
}

/** Makes the data folder under another name first: a start that dies half-way leaves nothing that looks whole. */
async function initialise(
  binaries: PostgresBinaries,
  folder: string,
  password: string,
  account: Account,
): Promise<void> {
  const draft = join(folder, 'data.new');
  const passwordFile = join(folder, 'initdb-password');
  await rm(draft, { recursive: true, force: true });
  await writeFile(passwordFile, password, { mode: 0o600 });
  await mkdir(draft, { mode: 0o700 });
  if (account.uid !== undefined && account.gid !== undefined) {
    await chown(passwordFile, account.uid, account.gid);
    await chown(draft, account.uid, account.gid);
  }
  const inside = account.viaCwd ? VIA_CWD : draft;
  try {
    await run(
      binaries.initdb,
      [
        `--pgdata=${inside}`,
        `--username=${USER}`,
        `--pwfile=${inside}/../initdb-password`,
        '--auth=scram-sha-256',
        '--encoding=UTF8',
        '--locale=C',
        '--locale-provider=builtin',
        '--builtin-locale=C.UTF-8',
        '--no-instructions',
        '--no-sync', // half of the time; the server itself syncs all that is written from here on
      ],
      { cwd: draft, env: environment(), uid: account.uid, gid: account.gid },
    );
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`PostgreSQL could not make its data folder in ${folder}: ${stderr?.trim() || error}`);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draft, join(folder, 'data'));
}

function settings(port: number, durable: boolean): string[] {
  const values: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** Readiness is read from an English log line, and nothing of the caller's PG* variables may steer the server. */
function environment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('PG') && !name.startsWith('LC_'));
  return { ...Object.fromEntries(kept), LC_ALL: 'C', TZ: 'UTC' };
}

async function createDatabase(connection: Connection): Promise<void> {
  const client = new Client({ connectionString: urlOf(connection, 'postgres') });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
  } finally {
    await client.end();
  }
}

function urlOf({ port, password }: Connection, database: string): string {
  return `postgres://${USER}:${password}@127.0.0.1:${port}/${database}`;
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
