import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from '../../worker/embedded/child.js';
import { freePort } from '../../worker/embedded/free-port.js';

/**
 * Seconds from `npm start` until the service says where it takes events, by then API and worker are running. The state
 * folder is new; what the cache folder holds is used.
 */
export async function startUp(): Promise<{ fresh: number; again: number }> {
  const home = mkdtempSync(join(tmpdir(), 'tenure-bench-start-'));
  const env = {
    ...process.env,
    TENURE_HOME: home,
    TENURE_PORT: String(await freePort()),
    TENURE_TEMPORAL_PORT: String(await freePort()),
    TENURE_TEMPORAL_UI_PORT: String(await freePort()),
  };
  const once = async (): Promise<number> => {
    const started = performance.now();
    const service = await startChild({
      name: 'npm start',
      command: 'npm',
      args: ['start', '--silent'],
      cwd: join(__dirname, '..', '..'),
      env,
      ready: /Tenure takes events at/,
      readyTimeout: 120_000,
      stopSignal: 'SIGINT',
      stopTimeout: 40_000,
    });
    const seconds = (performance.now() - started) / 1000;
    await service.stop();
    return seconds;
  };
  try {
    return { fresh: await once(), again: await once() };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}
