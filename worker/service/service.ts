import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requirePort } from '../embedded/free-port.js';
import { prepareTemporal } from '../prepare/prepare-temporal.js';
import { directoriesFile, prepareDatabase, prepareKeys } from './first-start.js';
import type { Part } from './part.js';
import { mailCatcherPart, nodePart, postgresPart, temporalPart, untilReady } from './parts.js';
import type { ServiceSettings } from './service-settings.js';
import type { StatusScreen } from './status-screen.js';
import { Supervisor } from './supervisor.js';

/** For each of the worker's two threads; busy, they need a third of it. */
const WORKER_HEAP_MB = 384;

/** What differs between `npm start` and the demo. */
export interface ServiceExtras {
  /** Parts that the worker needs, started with the database: the demo's directories. */
  parts?: Part[];
  /** Runs before API and worker start, when `parts` are up. Gives environment variables for both. */
  prepare?(): Promise<Record<string, string>>;
  /** The policy that a new state folder begins with. */
  firstPolicy?: string;
}

/** Where the service can be reached. */
export interface ServiceAddresses {
  apiUrl: string;
  databaseUrl: string;
  temporalAddress: string;
  temporalUiUrl?: string;
  /** The page of the mail catcher, when there is one. */
  mailUrl?: string;
}

/** Everything of one installation on this machine, under one supervisor. */
export class Service {
  private constructor(
    readonly settings: ServiceSettings,
    readonly addresses: ServiceAddresses,
    readonly supervisor: Supervisor,
  ) {}

  /**
   * Starts what the service is made of and returns when it takes events. What is configured elsewhere (DATABASE_URL,
   * TEMPORAL_ADDRESS, SMTP_URL) is not started here.
   * @throws Error with one sentence; everything that had started is stopped again
   */
  static async start(settings: ServiceSettings, screen: StatusScreen, extras: ServiceExtras = {}): Promise<Service> {
    const supervisor = new Supervisor(screen, join(settings.home, 'run', 'parts.json'));
    try {
      await requirePort(settings.port, 'the API', 'set TENURE_PORT to another one', settings.host);
      prepareKeys(settings.home);
      const postgres = settings.databaseUrl ? undefined : postgresPart(settings);
      const temporal = settings.temporalAddress ? undefined : temporalPart(settings);
      const mail = settings.smtpUrl ? undefined : mailCatcherPart(settings);
      const parts = [postgres, temporal, mail].flatMap((one) => (one ? [one.part] : []));
      await supervisor.start(...parts, ...(extras.parts ?? []));

      const databaseUrl = settings.databaseUrl ?? postgres?.address() ?? '';
      await prepareDatabase(databaseUrl, extras.firstPolicy);
      if (settings.temporalAddress) await prepareTemporal();
      const addresses: ServiceAddresses = {
        apiUrl: settings.publicUrl,
        databaseUrl,
        temporalAddress: settings.temporalAddress ?? temporal?.address().address ?? '',
        temporalUiUrl: temporal?.address().uiUrl,
        mailUrl: mail?.address().webUrl,
      };
      const given = await extras.prepare?.();
      const env = () => ({
        ...(temporal ? embeddedTemporal(settings.home) : process.env),
        TENURE_DIRECTORIES_FILE: process.env.TENURE_DIRECTORIES_FILE || directoriesFile(settings.home),
        TENURE_MAIL_FROM: process.env.TENURE_MAIL_FROM || 'Tenure <tenure@localhost>',
        ...given,
        TENURE_HOME: settings.home,
        TENURE_HOST: settings.host,
        TENURE_PORT: String(settings.port),
        TENURE_PUBLIC_URL: settings.publicUrl,
        TENURE_ADMIN_TOKEN: settings.adminToken,
        DATABASE_URL: databaseUrl,
        TEMPORAL_ADDRESS: addresses.temporalAddress,
        TEMPORAL_UI_URL: addresses.temporalUiUrl ?? process.env.TEMPORAL_UI_URL ?? '',
        SMTP_URL: settings.smtpUrl ?? mail?.address().smtpUrl ?? '',
      });
      await supervisor.start(
        nodePart('API', settings, {
          program: join(__dirname, '..', '..', 'api', 'main.js'),
          env,
          ready: (signal) => untilReady(localUrl(settings), signal),
          detail: settings.publicUrl,
        }),
        ...workerNames(settings.workers).map((name) =>
          nodePart(name, settings, {
            program: join(__dirname, '..', 'main.js'),
            env,
            ready: /worker is running/,
            heapLimit: WORKER_HEAP_MB,
          }),
        ),
      );
      return new Service(settings, addresses, supervisor);
    } catch (error) {
      await supervisor.stop();
      throw error;
    }
  }

  /** Stops everything in order; what was accepted and not finished goes on at the next start. */
  async stop(): Promise<void> {
    await this.supervisor.stop();
  }
}

/**
 * The environment without what it says of somebody else's Temporal, and with a profile of no settings in place of the
 * one that the user's Temporal command line has.
 */
function embeddedTemporal(home: string): NodeJS.ProcessEnv {
  const profile = join(home, 'run', 'temporal.toml');
  writeFileSync(profile, '[profile.default]\n', { mode: 0o600 });
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('TEMPORAL_'));
  return { ...Object.fromEntries(own), TEMPORAL_CONFIG_FILE: profile };
}

/** `Worker`, `Worker-2`, `Worker-3`, … */
function workerNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => (index === 0 ? 'Worker' : `Worker-${index + 1}`));
}

function localUrl({ host, port }: ServiceSettings): string {
  const local = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  return `http://${local.includes(':') ? `[${local}]` : local}:${port}`;
}
