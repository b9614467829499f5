import type { ReplicationSettings } from './replication-lag.js';

/** Which requests a fault is about. Everything that is given must fit. */
export interface RequestMatch {
  /** HTTP methods, upper case. */
  methods?: string[];
  /** A regular expression for the path, without the query. */
  path?: string;
}

/** How often a fault strikes: the next so many matching requests, or a share of them all. */
export interface Incidence {
  next?: number;
  /** Between 0 and 1. */
  share?: number;
}

/** Everything that can be made to go wrong. A part that is absent works as it should. */
export interface FaultSettings {
  /** Refuses requests for load, before any work is done: 429, or 503 when the service itself is busy. */
  throttle?: Incidence & {
    on?: RequestMatch;
    status?: 429 | 503;
    /** Seconds for `Retry-After`; 1 when absent, no header when null. */
    retryAfter?: number | null;
  };
  /** Does the work and loses the answer: the connection breaks, or a gateway answers 504. Writes only, unless `on` says more. */
  loseAnswers?: Incidence & { on?: RequestMatch; as?: 'reset' | '504' };
  /** Nothing works, tokens included: connections are refused, or everything is answered with 503. */
  outage?: 'refuse' | '503';
  /** Delays every answer, in milliseconds; `spread` adds up to that much. */
  latency?: { ms: number; spread?: number };
  /** Eventual consistency of objects created from now on. */
  replication?: ReplicationSettings;
}
