import { type ChildProcess, spawn } from 'node:child_process';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

/** How a program is started and how it is known to be ready. */
export interface ChildOptions {
  /** What the program is called in error sentences ("PostgreSQL"). */
  name: string;
  command: string;
  args: string[];
  cwd?: string;
  /** The whole environment of the program. Default: this process's own. */
  env?: NodeJS.ProcessEnv;
  /** Run as this user and group; only root can. */
  uid?: number;
  gid?: number;
  /** Ready when a line of output matches (RegExp), or when this resolves; it should stop when the signal aborts. */
  ready: RegExp | ((signal: AbortSignal) => Promise<void>);
  /** Milliseconds until a program that is not ready is killed. Default 30,000. */
  readyTimeout?: number;
  /** The signal that asks it to stop. Default SIGTERM. */
  stopSignal?: NodeJS.Signals;
  /** Milliseconds it has for stopping before it is killed. Default 10,000. */
  stopTimeout?: number;
  /** Called with each line of its output. */
  log?: (line: string) => void;
}

/** How a program ended: one of the two is set. */
export interface ChildExit {
  code: number | null;
  signal: NodeJS.Signals | null;
}

/** A running program in a process group of its own. */
export interface RunningChild {
  pid: number;
  /** Resolves when the program has ended, whatever the reason. Never rejects. */
  exited: Promise<ChildExit>;
  /** Asks it to stop, kills its whole group when it does not, and waits for its end. Safe to call twice. */
  stop(): Promise<void>;
  /** Sends a signal to the whole group, as `kill -9 -- -pid` would. */
  signal(signal: NodeJS.Signals): void;
}

const KEPT_LINES = 20;

/**
 * Starts a program in its own process group (so that Ctrl-C in the terminal reaches only us, and we stop it in order)
 * and waits until it is ready. Should this process die without stopping it, even by kill -9, a small watcher stops it.
 * @throws Error with the program's last lines when it ends or is not ready in time
 */
export async function startChild(options: ChildOptions): Promise<RunningChild> {
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env ?? process.env,
    uid: options.uid,
    gid: options.gid,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lastLines: string[] = [];
  const matched = new Promise<void>((resolve) => {
    const take = (line: string): void => {
      lastLines.push(line);
      if (lastLines.length > KEPT_LINES) lastLines.shift();
      options.log?.(line);
      if (options.ready instanceof RegExp && options.ready.test(line)) resolve();
    };
    eachLine(child.stdout, take);
    eachLine(child.stderr, take);
  });
  const failedToSpawn = new Promise<never>((_, reject) => {
    child.once('error', (error) => {
      reject(new Error(`${options.name} could not be started (${options.command}): ${error.message}`));
    });
  });
  const exited = new Promise<ChildExit>((resolve) => {
    // Not 'close', which would wait for orphaned grandchildren that still hold the output open.
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
  const outputEnded = new Promise<void>((resolve) => child.once('close', () => resolve()));
  if (child.pid === undefined) return failedToSpawn;

  const running = control(child, child.pid, exited, options);
  const deadline = options.readyTimeout ?? 30_000;
  const stopWaiting = new AbortController();
  const ready = options.ready instanceof RegExp ? matched : options.ready(stopWaiting.signal);
  try {
    await Promise.race([
      ready,
      failedToSpawn,
      exited.then(({ code, signal }) => {
        throw new Error(`${options.name} ended while starting (${signal ?? `exit code ${code}`}).`);
      }),
      wait(deadline, undefined, { signal: stopWaiting.signal }).then(() => {
        throw new Error(`${options.name} was not ready after ${deadline / 1000} s.`);
      }),
    ]);
    return running;
  } catch (error) {
    running.signal('SIGKILL');
    await Promise.race([outputEnded, wait(500)]);
    const output = lastLines.length > 0 ? ` Its last lines:\n${lastLines.join('\n')}` : '';
    throw new Error(`${(error as Error).message}${output}`);
  } finally {
    stopWaiting.abort();
    ready.catch(() => undefined);
  }
}

/** Resolves as soon as something accepts TCP connections there; rejects only when the signal aborts. */
export async function untilListening(port: number, host: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const accepted = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host });
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
      socket.once('error', () => resolve(false));
    });
    if (accepted) return;
    await wait(25, undefined, { signal });
  }
}

function control(child: ChildProcess, pid: number, exited: Promise<ChildExit>, options: ChildOptions): RunningChild {
  const stopSignal = options.stopSignal ?? 'SIGTERM';
  const stopTimeout = options.stopTimeout ?? 10_000;
  const release = watchOver(pid, stopSignal, stopTimeout);
  let ended = false;
  exited.then(() => {
    ended = true;
    release();
  });
  const signal = (name: NodeJS.Signals): void => {
    if (!ended) killGroup(pid, name);
  };
  let stopping: Promise<void> | undefined;
  const stop = async (): Promise<void> => {
    // To the program alone: PostgreSQL and Samba tell their own children, in their own order.
    if (!ended) child.kill(stopSignal);
    const killer = setTimeout(() => signal('SIGKILL'), stopTimeout);
    await exited;
    clearTimeout(killer);
  };
  return {
    pid,
    exited,
    signal,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };
}

/**
 * A shell that waits on a pipe from this process: the pipe closes when this process dies, and the shell then stops the
 * program. It is told to go when the program has ended.
 */
function watchOver(pid: number, stopSignal: NodeJS.Signals, stopTimeout: number): () => void {
  const name = stopSignal.replace('SIG', '');
  const seconds = Math.ceil(stopTimeout / 1000);
  const script = [
    'read -r word && exit 0',
    `kill -${name} ${pid} 2>/dev/null || exit 0`,
    `i=0; while [ $i -lt ${seconds} ] && kill -0 ${pid} 2>/dev/null; do sleep 1; i=$((i+1)); done`,
    `kill -KILL -- -${pid} 2>/dev/null`,
  ].join('\n');
  const watcher = spawn('/bin/sh', ['-c', script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
  watcher.on('error', () => undefined);
  watcher.stdin.on('error', () => undefined);
  watcher.unref();
  (watcher.stdin as unknown as { unref?: () => void }).unref?.();
  return () => watcher.stdin.end('ended\n');
}

function killGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function eachLine(stream: Readable | null, take: (line: string) => void): void {
  if (stream) createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY }).on('line', take);
}
