import type { ConnectionOptions } from '@temporalio/client';
import type { DestinationStream, Level } from 'pino';
import type { PublicKeyring } from '../contracts/keyring.js';

/** How accepted events are handed over to Temporal. Times in milliseconds. */
export interface HandOverOptions {
  /** How many are on their way at once, in each of the two queues. */
  concurrency: number;
  /** How often the database is asked for events that nobody announced. */
  sweepEveryMs: number;
  /** How long an event is left to the process that claimed it. */
  claimMs: number;
  /** How long a call to Temporal may take. Shorter than a claim. */
  deadlineMs: number;
  /** How often events are looked for that Temporal had and lost, and after how long an untaken one is suspected. */
  untakenEveryMs: number;
  untakenAfterMs: number;
}

/** Everything that the API is told from outside. */
export interface ApiOptions {
  databaseUrl: string;
  temporal: { connectionOptions: ConnectionOptions; namespace: string };
  keyring: PublicKeyring;
  /** The bearer token of the administrator. */
  adminToken: string;
  /** Where people reach Tenure; an origin, or an origin with a path. */
  publicUrl: string;
  /** Origin of Temporal's web UI, which alone may have payloads decoded from a browser. */
  temporalUiUrl?: string;
  handOver?: Partial<HandOverOptions>;
  log?: { level?: Level | 'silent'; destination?: DestinationStream };
}

/** Injection token of the `ApiOptions`. */
export const API_OPTIONS = Symbol('ApiOptions');

/** What `ApiOptions.handOver` does not say. */
export const HAND_OVER_DEFAULTS: HandOverOptions = {
  concurrency: 64,
  sweepEveryMs: 1_000,
  claimMs: 15_000,
  deadlineMs: 10_000,
  untakenEveryMs: 60_000,
  untakenAfterMs: 60_000,
};
