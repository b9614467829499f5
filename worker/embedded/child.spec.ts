import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import { type ChildOptions, type RunningChild, startChild } from './child.js';

const run = promisify(execFile);

describe('a child process', () => {
  let child: RunningChild | undefined;

  const shell = async (script: string, options: Partial<ChildOptions> = {}): Promise<RunningChild> => {
    child = await startChild({
      name: 'The program',
      command: '/bin/sh',
      args: ['-c', script],
      ready: /^ready/,
      ...options,
    });
    return child;
  };

  const isRunning = (pid: number): boolean => {
    try {
      process.kill(pid, 0);
      return true;
    } catch {
      return false;
    }
  };

  const untilGone = async (pid: number): Promise<void> => {
    while (isRunning(pid)) await wait(10);
  };

  afterEach(async () => {
    child?.signal('SIGKILL');
    await child?.exited;
  });

  it('is ready when its line comes and ends when asked to', async () => {
    const lines: string[] = [];
    const started = await shell('echo ready; exec sleep 1000', { log: (line) => lines.push(line) });
    expect(lines).toEqual(['ready']);
    await started.stop();
    await expect(started.exited).resolves.toEqual({ code: null, signal: 'SIGTERM' });
    await started.stop();
  });

  it('says its last lines when it ends before it is ready', async () => {
    await expect(shell('echo reading configuration; echo no such file >&2; exit 3')).rejects.toThrow(
      /^The program ended while starting \(exit code 3\)\. Its last lines:\n(.*\n)?no such file/s,
    );
  });

  it('is killed when it is not ready in time', async () => {
    const attempt = shell('echo "pid $$"; exec sleep 1000', { readyTimeout: 300 });
    const message = await attempt.catch((error: Error) => error.message);
    expect(message).toMatch(/^The program was not ready after 0\.3 s\. Its last lines:\npid \d+$/);
    await untilGone(Number(/pid (\d+)/.exec(String(message))?.[1]));
  });

  it('is told apart from one that is not there', async () => {
    await expect(shell('', { command: '/nowhere/program' })).rejects.toThrow(
      'The program could not be started (/nowhere/program): spawn /nowhere/program ENOENT',
    );
  });

  it('is killed with all that it started when it does not stop in time', async () => {
    const lines: string[] = [];
    const script = 'trap "" TERM; sleep 1000 & echo "ready $!"; while :; do sleep 0.1; done';
    const stubborn = await shell(script, { stopTimeout: 200, log: (line) => lines.push(line) });
    await stubborn.stop();
    await expect(stubborn.exited).resolves.toEqual({ code: null, signal: 'SIGKILL' });
    await untilGone(Number(lines[0]?.split(' ')[1]));
  });

  it('is stopped when the process that started it is killed', async () => {
    const script = `
      require(${JSON.stringify(require.resolve('tsx/cjs'))});
      const { startChild } = require(${JSON.stringify(join(__dirname, 'child.ts'))});
      startChild({ name: 'sleep', command: '/bin/sh', args: ['-c', 'echo ready; exec sleep 1000'], ready: /ready/ })
        .then(({ pid }) => { console.log(pid); process.kill(process.pid, 'SIGKILL'); });`;
    const { stdout } = await run(process.execPath, ['-e', script]).catch((killed: { stdout: string }) => killed);
    expect(Number(stdout)).toBeGreaterThan(0);
    await untilGone(Number(stdout));
  });
});
