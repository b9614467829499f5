import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A process, told apart from a later one with the same id by when it started. */
interface ProcessIdentity {
  pid: number;
  started: string;
}

interface ClaimFile {
  owner: ProcessIdentity;
  server?: ProcessIdentity;
}

/** The right of this process to run one server of a state folder. */
export interface Claim {
  /** Writes down the server's process, so that a later start finds it should this process die. */
  record(serverPid: number): Promise<void>;
  /** Gives the right back, at once: whoever heard of the server's end may start another. */
  release(): void;
}

/**
 * Takes the right to run the named server of a state folder. A server whose Tenure died without stopping it is stopped
 * first; one whose Tenure still runs is left alone.
 * @param home the state folder (`TENURE_HOME`)
 * @param key the server's short name, a file name ("postgres")
 * @param title what it is called in the error sentence ("PostgreSQL")
 * @throws Error with one sentence when another running Tenure has it
 */
export async function claimServer(home: string, key: string, title: string): Promise<Claim> {
  const folder = join(home, 'run');
  const file = join(folder, `${key}.json`);
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error) => refuse(home, error));
  const mine: ClaimFile = { owner: identityOf(process.pid) ?? { pid: process.pid, started: '' } };
  const write = (flag: 'w' | 'wx') => writeFile(file, JSON.stringify(mine), { flag, mode: 0o600 });

  await write('wx').catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') refuse(home, error);
    const held = await readClaim(file);
    if (held && isRunning(held.owner) && (!held.server || isRunning(held.server))) {
      throw new Error(
        `${title} of ${home} is already run by another Tenure (process ${held.owner.pid}): ` +
          'stop that one first, or set TENURE_HOME to another folder.',
      );
    }
    if (held?.server) await stopOrphan(held.server);
    await write('w');
  });
  return {
    record: async (serverPid) => {
      mine.server = identityOf(serverPid);
      await write('w');
    },
    release: () => rmSync(file, { force: true }),
  };
}

function refuse(home: string, error: NodeJS.ErrnoException): never {
  throw new Error(
    `The state folder ${home} cannot be written (${error.code}): give this user the right to it, ` +
      'or set TENURE_HOME to another folder.',
  );
}

async function readClaim(file: string): Promise<ClaimFile | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as ClaimFile;
  } catch {
    return undefined;
  }
}

function isRunning(identity: ProcessIdentity): boolean {
  return identityOf(identity.pid)?.started === identity.started;
}

async function stopOrphan(server: ProcessIdentity): Promise<void> {
  const deadline = Date.now() + 15_000;
  // SIGINT is the orderly stop of all of them (PostgreSQL would wait for its clients on SIGTERM).
  if (isRunning(server)) process.kill(server.pid, 'SIGINT');
  while (isRunning(server) && Date.now() < deadline) await wait(50);
  if (isRunning(server)) process.kill(server.pid, 'SIGKILL');
  while (isRunning(server)) await wait(20);
}

/** When the process started, in the system's own notation; undefined when there is no such process. */
function identityOf(pid: number): ProcessIdentity | undefined {
  if (process.platform === 'linux') {
    try {
      // proc(5): the fields after the command's closing bracket start with the state (3rd); starttime is the 22nd.
      const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ');
      return fields[0] === 'Z' ? undefined : { pid, started: fields[19] ?? '' };
    } catch {
      return undefined;
    }
  }
  try {
    const started = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return started === '' ? undefined : { pid, started };
  } catch {
    return undefined;
  }
}
