import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../worker/embedded/cache-folder.js';
import { freePort } from '../../worker/embedded/free-port.js';
import { startTemporal, type TemporalOptions } from '../../worker/embedded/temporal.js';
import { temporalBinary } from '../../worker/embedded/temporal-binary.js';

/** A Temporal server for one suite. */
export interface TestTemporal {
  /** host:port for clients and workers. */
  address: string;
  pid(): number;
  /** Kills it as kill -9 does, and waits for its end. What a server in memory held is gone. */
  kill(): Promise<void>;
  /** Starts it again after `kill`, at the same address; over the same histories when it was started `onDisk`. */
  start(): Promise<void>;
  /** Ends it and deletes what it kept. */
  stop(): Promise<void>;
}

/** How the server of a suite differs from the usual one (in memory, no web UI). */
export interface TestTemporalOptions
  extends Pick<TemporalOptions, 'searchAttributes' | 'namespaces' | 'codecEndpoint' | 'headless' | 'log'> {
  /** Keep histories in a temporary folder, so that they survive `kill` and `start`. */
  onDisk?: boolean;
}

/** Starts a Temporal development server for this suite, in about half a second. */
export async function startTestTemporal(options: TestTemporalOptions = {}): Promise<TestTemporal> {
  const { onDisk, ...rest } = options;
  const binary = await temporalBinary({ cacheDir: cacheFolder() });
  const home = onDisk ? await mkdtemp(join(tmpdir(), 'tenure-test-temporal-')) : undefined;
  const port = await freePort();
  const launch = () => startTemporal({ headless: true, ...rest, binary, port, home, inMemory: !onDisk });
  let server = await launch();
  const kill = async (): Promise<void> => {
    // The orderly stop takes a second, for which no test has a use.
    process.kill(server.pid, 'SIGKILL');
    await server.exited;
  };
  return {
    address: server.address,
    pid: () => server.pid,
    kill,
    start: async () => {
      server = await launch();
    },
    stop: async () => {
      await kill();
      if (home) await rm(home, { recursive: true, force: true });
    },
  };
}
