import type { HandOverRepository } from '../../persistence/hand-over.repository.js';

/** Results are gathered this long, so that hundreds of events a second cost a few statements. */
const GATHER_MS = 20;
const MOST = 500;

/** Writes the results of hand-overs to the database, many at a time. */
export class HandOverBatch {
  private confirmed: string[] = [];
  private released = new Map<number, string[]>();
  private timer: NodeJS.Timeout | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly repository: HandOverRepository,
    /** Nothing is lost by a failure: the claim runs out, and the event is sent again. */
    private readonly onFailed: (error: unknown) => void,
  ) {}

  /** Temporal has the event. */
  confirm(id: string): void {
    this.confirmed.push(id);
    this.schedule();
  }

  /** The event is to be sent again after a while. */
  release(id: string, delayMs: number): void {
    const ids = this.released.get(delayMs) ?? [];
    ids.push(id);
    this.released.set(delayMs, ids);
    this.schedule();
  }

  /** Writes what has gathered, and waits for it. */
  async flush(): Promise<void> {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { confirmed, released } = this;
    this.confirmed = [];
    this.released = new Map();
    this.writing = this.writing
      .then(async () => {
        if (confirmed.length > 0) await this.repository.confirm(confirmed);
        for (const [delayMs, ids] of released) await this.repository.release(ids, delayMs);
      })
      .catch(this.onFailed);
    await this.writing;
  }

  private schedule(): void {
    if (this.confirmed.length >= MOST) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), GATHER_MS);
  }
}
