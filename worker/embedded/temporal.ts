import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { msToTs } from '@temporalio/common/lib/time';
import { grpc } from '@temporalio/proto';
import { addSearchAttributes, type SearchAttributeKind } from '../temporal-namespace.js';
import { type ChildExit, startChild, untilListening } from './child.js';
import { type Claim, claimServer } from './claim.js';
import { freePort, requirePort } from './free-port.js';

/** How the embedded Temporal server runs. */
export interface TemporalOptions {
  /** The `temporal` program, from `temporalBinary()`. */
  binary: string;
  /** The state folder; histories stand in `<home>/temporal.db`. May be absent when `inMemory`. */
  home?: string;
  /** Keep nothing on disk: for tests. */
  inMemory?: boolean;
  /** The gRPC port. Default: a free one. */
  port?: number;
  /** The port of the web UI. Default: a free one. */
  uiPort?: number;
  /** No web UI. */
  headless?: boolean;
  /** Registered in every namespace; those that a folder of an older Tenure lacks are added. */
  searchAttributes?: Record<string, SearchAttributeKind>;
  /** Where the browser of the web UI has payloads decoded: a URL to which it adds `/decode`. */
  codecEndpoint?: string;
  /** Namespaces beside `default`. */
  namespaces?: string[];
  /** How many days a closed workflow's history is kept. Default 30. */
  retentionDays?: number;
  log?: (line: string) => void;
}

/** A running embedded Temporal server, listening on 127.0.0.1 only. */
export interface EmbeddedTemporal {
  /** host:port for Temporal clients and workers. */
  address: string;
  /** The web UI; undefined when headless. */
  uiUrl?: string;
  pid: number;
  /** Resolves when the server has ended, whatever the reason. */
  exited: Promise<ChildExit>;
  stop(): Promise<void>;
}

const HOST = '127.0.0.1';

/**
 * Starts the Temporal server of a state folder (Temporal's development server over SQLite) and waits until its health
 * check answers and its namespaces are as asked.
 * @throws Error with one sentence: already running for this folder, port taken; else with the server's last lines
 */
export async function startTemporal(options: TemporalOptions): Promise<EmbeddedTemporal> {
  const { home, inMemory } = options;
  if (home === undefined && !inMemory) throw new Error('startTemporal needs a home folder, or inMemory.');
  const claim = home === undefined || inMemory ? undefined : await claimServer(home, 'temporal', 'Temporal');
  try {
    if (home !== undefined) await mkdir(home, { recursive: true, mode: 0o700 });
    return await start(options, claim);
  } catch (error) {
    claim?.release();
    throw error;
  }
}

async function start(options: TemporalOptions, claim: Claim | undefined): Promise<EmbeddedTemporal> {
  const port = options.port ?? (await freePort());
  if (options.port !== undefined) await requirePort(port, 'the Temporal server', 'choose another one for it');
  const uiPort = options.headless ? undefined : (options.uiPort ?? (await freePort()));
  if (options.uiPort !== undefined && uiPort !== undefined) {
    await requirePort(uiPort, 'the Temporal web UI', 'choose another one for it');
  }
  const address = `${HOST}:${port}`;
  const child = await startChild({
    name: 'Temporal',
    command: options.binary,
    args: argumentsOf(options, port, uiPort),
    ready: async (signal) => {
      await untilListening(port, HOST, signal);
      await untilHealthy(address, signal);
    },
    readyTimeout: 60_000,
    stopTimeout: 10_000,
    log: options.log,
  });
  child.exited.then(() => claim?.release());
  try {
    await claim?.record(child.pid);
    await prepareNamespaces(address, options);
  } catch (error) {
    await child.stop();
    throw error;
  }
  return {
    address,
    uiUrl: uiPort === undefined ? undefined : `http://${HOST}:${uiPort}`,
    pid: child.pid,
    exited: child.exited,
    stop: () => child.stop(),
  };
}

function argumentsOf(options: TemporalOptions, port: number, uiPort: number | undefined): string[] {
  const args = ['server', 'start-dev', '--ip', HOST, '--port', String(port), '--log-level', 'warn'];
  if (uiPort === undefined) args.push('--headless');
  else args.push('--ui-port', String(uiPort));
  if (options.codecEndpoint && uiPort !== undefined) args.push('--ui-codec-endpoint', options.codecEndpoint);
  if (options.home !== undefined && !options.inMemory) {
    args.push('--db-filename', join(options.home, 'temporal.db'));
    // Without write-ahead logging every commit waits for the disk twice; more than half of the speed.
    args.push('--sqlite-pragma', 'journal_mode=wal', '--sqlite-pragma', 'synchronous=normal');
  }
  for (const namespace of options.namespaces ?? []) args.push('--namespace', namespace);
  for (const [name, kind] of Object.entries(options.searchAttributes ?? {})) {
    args.push('--search-attribute', `${name}=${kind}`);
  }
  // Server 1.29 heeds the priority of tasks only with its new matcher (dynamicconfig/constants.go), and only within a
  // partition of a task queue, so each queue has one.
  const dynamic = ['useNewMatcher=true', 'numTaskqueueReadPartitions=1', 'numTaskqueueWritePartitions=1'];
  for (const value of dynamic) args.push('--dynamic-config-value', `matching.${value}`);
  return args;
}

/** The standard gRPC health check of the front end: https://grpc.io/docs/guides/health-checking/ */
async function untilHealthy(address: string, signal: AbortSignal): Promise<void> {
  const connection = Connection.lazy({ address });
  try {
    for (;;) {
      signal.throwIfAborted();
      const answer = await connection
        .withDeadline(Date.now() + 2_000, () =>
          connection.healthService.check({ service: 'temporal.api.workflowservice.v1.WorkflowService' }),
        )
        .catch(() => undefined);
      if (answer?.status === grpc.health.v1.HealthCheckResponse.ServingStatus.SERVING) return;
      await wait(50, undefined, { signal });
    }
  } finally {
    await connection.close();
  }
}

async function prepareNamespaces(address: string, options: TemporalOptions): Promise<void> {
  const connection = await Connection.connect({ address });
  try {
    for (const namespace of ['default', ...(options.namespaces ?? [])]) {
      await connection.workflowService.updateNamespace({
        namespace,
        config: { workflowExecutionRetentionTtl: msToTs((options.retentionDays ?? 30) * 86_400_000) },
      });
      await addSearchAttributes(connection, namespace, options.searchAttributes ?? {});
    }
  } finally {
    await connection.close();
  }
}
