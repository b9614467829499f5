/** How long a new object stays unseen by one kind of lookup: for a number of lookups, for a time, or for both. */
export interface Lag {
  reads?: number;
  ms?: number;
}

/**
 * Eventual consistency. Graph answers a create from one replica and later reads from others, so a new object may be
 * missing for a while; queries with `$filter` lag most. Uniqueness is checked at once all the same.
 */
export interface ReplicationSettings {
  /** Requests that name the object: `GET /users/{id}`, `PATCH`, `DELETE`, … */
  byId?: Lag;
  /** Lists, filters, searches, counts. */
  inLists?: Lag;
  /** The object named in a `$ref`: as a new member, as a manager. */
  asReference?: Lag;
}

type Lookup = keyof ReplicationSettings;

/** Keeps count of what the sandbox's replicas have not seen yet. */
export class ReplicationLag {
  readonly #pending = new Map<string, Map<Lookup, { reads: number; until: number }>>();

  /** @param settings the lag that objects created from now on will have */
  constructor(private readonly settings: () => ReplicationSettings | undefined) {}

  /** To be called for every object that is created or restored. */
  created(id: string): void {
    const lags = Object.entries(this.settings() ?? {}) as [Lookup, Lag][];
    if (lags.length === 0) return;
    const state = lags.map(
      ([lookup, lag]) => [lookup, { reads: lag.reads ?? 0, until: Date.now() + (lag.ms ?? 0) }] as const,
    );
    this.#pending.set(id, new Map(state));
  }

  /** Says whether this lookup finds the object; asking is what uses up the lag in reads. */
  sees(id: string, lookup: Lookup): boolean {
    const lag = this.#pending.get(id)?.get(lookup);
    if (!lag) return true;
    if (lag.reads > 0) {
      lag.reads--;
      return false;
    }
    if (Date.now() < lag.until) return false;
    this.#forget(id, lookup);
    return true;
  }

  /** Lets every object be seen. */
  clear(): void {
    this.#pending.clear();
  }

  #forget(id: string, lookup: Lookup): void {
    const state = this.#pending.get(id);
    state?.delete(lookup);
    if (state?.size === 0) this.#pending.delete(id);
  }
}
