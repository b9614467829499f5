import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { SEARCH_ATTRIBUTE_TYPES } from '../../contracts/search-attributes.js';
import { cacheFolder } from '../embedded/cache-folder.js';
import { startChild } from '../embedded/child.js';
import { freePort, requirePort } from '../embedded/free-port.js';
import { startMailCatcher } from '../embedded/mail-catcher.js';
import { startPostgres } from '../embedded/postgres.js';
import { startTemporal } from '../embedded/temporal.js';
import { temporalBinary } from '../embedded/temporal-binary.js';
import { logFile } from './log-file.js';
import type { Part } from './part.js';
import type { ServiceSettings } from './service-settings.js';

/** Where a part can be reached once it has started. */
export interface Reached<Address> {
  part: Part;
  /** @throws Error before the part has started */
  address(): Address;
}

/** The embedded PostgreSQL; its address is the connection URL. */
export function postgresPart(settings: ServiceSettings): Reached<string> {
  let url: string | undefined;
  return {
    address: () => started(url),
    part: {
      name: 'PostgreSQL',
      start: async () => {
        const log = logFile(join(settings.home, 'logs', 'postgres.log'));
        const server = await startPostgres({ home: settings.home, cacheDir: cacheFolder(), log });
        url = server.url;
        return { ...server, detail: `127.0.0.1:${server.port}` };
      },
    },
  };
}

/** The embedded Temporal server with its web UI. */
export function temporalPart(settings: ServiceSettings): Reached<{ address: string; uiUrl: string }> {
  const uiUrl = `http://127.0.0.1:${settings.temporalUiPort}`;
  return {
    address: () => ({ address: `127.0.0.1:${settings.temporalPort}`, uiUrl }),
    part: {
      name: 'Temporal',
      start: async (progress) => {
        await requirePort(settings.temporalPort, 'the Temporal server', 'set TENURE_TEMPORAL_PORT to another one');
        await requirePort(settings.temporalUiPort, "Temporal's web UI", 'set TENURE_TEMPORAL_UI_PORT to another one');
        const server = await startTemporal({
          binary: await temporalBinary({ cacheDir: cacheFolder(), onProgress: progress }),
          home: settings.home,
          port: settings.temporalPort,
          uiPort: settings.temporalUiPort,
          searchAttributes: SEARCH_ATTRIBUTE_TYPES,
          codecEndpoint: `${settings.publicUrl}/api/v1/codec`,
          log: logFile(join(settings.home, 'logs', 'temporal.log')),
        });
        return { ...server, detail: `${server.address}, UI ${uiUrl}` };
      },
    },
  };
}

/** A mail server that delivers nothing and shows what it got. */
export function mailCatcherPart(settings: ServiceSettings): Reached<{ smtpUrl: string; webUrl: string }> {
  let ports: { smtpPort: number; webPort: number } | undefined;
  let urls: { smtpUrl: string; webUrl: string } | undefined;
  return {
    address: () => started(urls),
    part: {
      name: 'Mail catcher',
      start: async () => {
        ports ??= { smtpPort: await freePort(), webPort: await freePort() };
        const log = logFile(join(settings.home, 'logs', 'mail.log'));
        const server = await startMailCatcher({ folder: join(settings.home, 'mail'), ...ports, log });
        urls = server;
        return { ...server, detail: server.webUrl };
      },
    },
  };
}

/** A Node process of ours: the API or the worker. */
export function nodePart(
  name: string,
  settings: ServiceSettings,
  process: {
    program: string;
    env: () => NodeJS.ProcessEnv;
    ready: RegExp | ((signal: AbortSignal) => Promise<void>);
    detail?: string;
    /** Megabytes; V8 lets garbage lie until the heap is about to reach its limit, which is gigabytes by default. */
    heapLimit?: number;
  },
): Part {
  return {
    name,
    start: async () => {
      const child = await startChild({
        name: `The ${name}`,
        command: globalThis.process.execPath,
        args: [
          '--enable-source-maps',
          ...(process.heapLimit ? [`--max-old-space-size=${process.heapLimit}`] : []),
          process.program,
        ],
        env: process.env(),
        ready: process.ready,
        log: logFile(join(settings.home, 'logs', `${name.toLowerCase()}.log`)),
        stopTimeout: 15_000,
      }).catch((error: Error) => {
        throw inItsOwnWords(error);
      });
      return { ...child, detail: process.detail };
    },
  };
}

/** When a process of ours ended with a sentence that says why, that sentence, without the log around it. */
function inItsOwnWords(error: Error): Error {
  const [, sentence] = /^The \w+ cannot go on: (.+)$/m.exec(error.message) ?? [];
  return sentence ? new Error(sentence) : error;
}

/** Resolves when the API says that it is ready. */
export async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const ready = await fetch(`${url}/health/ready`, { signal }).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return;
    await wait(50, undefined, { signal });
  }
}

function started<Address>(address: Address | undefined): Address {
  if (address === undefined) throw new Error('Asked for the address of a part before it was started.');
  return address;
}
