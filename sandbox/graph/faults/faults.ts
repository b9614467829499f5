import { GraphError } from '../http/graph-error.js';
import type { FaultSettings, Incidence, RequestMatch } from './fault-settings.js';

const WRITES = ['POST', 'PATCH', 'PUT', 'DELETE'];

/** How often each fault has struck. */
export interface FaultCounts {
  throttled: number;
  answersLost: number;
  refusedInOutage: number;
}

/**
 * The switches for what can go wrong. Chance is seeded: the same requests in the same order meet the same faults, and
 * a share of a half means every run of requests sees close to a half.
 */
export class Faults {
  readonly counts: FaultCounts = { throttled: 0, answersLost: 0, refusedInOutage: 0 };
  #settings: FaultSettings = {};
  #random: () => number;

  /** @param changed told of every change of the settings, since an outage is more than a matter of answers */
  constructor(
    private readonly seed: number,
    private readonly changed: (settings: FaultSettings) => Promise<void>,
  ) {
    this.#random = mulberry32(seed);
  }

  get settings(): Readonly<FaultSettings> {
    return this.#settings;
  }

  /** Changes the parts that are given and leaves the others; undefined ends a part. */
  async set(settings: FaultSettings): Promise<void> {
    this.#settings = structuredClone({ ...this.#settings, ...settings });
    await this.changed(this.#settings);
  }

  /** Ends every fault and starts chance anew. */
  async clear(): Promise<void> {
    this.#settings = {};
    this.#random = mulberry32(this.seed);
    await this.changed(this.#settings);
  }

  /** The refusal that a request meets for load, if it does. */
  throttle(method: string, path: string): GraphError | undefined {
    const fault = this.#settings.throttle;
    if (!fault || !fits(fault.on, method, path) || !this.#strikes(fault)) return undefined;
    this.counts.throttled++;
    const headers: Record<string, string> =
      fault.retryAfter === null ? {} : { 'Retry-After': String(fault.retryAfter ?? 1) };
    if (fault.status === 503) {
      return new GraphError(503, 'serviceNotAvailable', 'The service is temporarily unavailable. Please retry later.', {
        headers,
      });
    }
    const innerError = { code: '429', message: 'Please retry after', status: '429' };
    return new GraphError(429, 'TooManyRequests', 'Please retry again later.', { headers, innerError });
  }

  /** Says whether, and how, the answer to a request gets lost after its work was done. */
  loseAnswer(method: string, path: string): 'reset' | '504' | undefined {
    const fault = this.#settings.loseAnswers;
    if (!fault || !fits({ methods: WRITES, ...fault.on }, method, path) || !this.#strikes(fault)) return undefined;
    this.counts.answersLost++;
    return fault.as ?? 'reset';
  }

  /** How long to wait before an answer, in milliseconds. */
  delay(): number {
    const { latency } = this.#settings;
    return latency ? latency.ms + (latency.spread ?? 0) * this.#random() : 0;
  }

  #strikes(fault: Incidence): boolean {
    if (fault.next !== undefined) {
      if (fault.next <= 0) return false;
      fault.next--;
      return true;
    }
    return this.#random() < (fault.share ?? 1);
  }
}

function fits(match: RequestMatch | undefined, method: string, path: string): boolean {
  if (match?.methods && !match.methods.includes(method)) return false;
  return match?.path === undefined || new RegExp(match.path).test(path);
}

/** A small seeded generator of numbers from 0 to 1 (mulberry32, public domain). */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
