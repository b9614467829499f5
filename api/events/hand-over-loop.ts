/** What a loop works with. */
export interface HandOverLoopOptions<T> {
  /** How many are on their way at most. */
  concurrency: number;
  /** Gives up to `limit` items that nobody else works on. */
  claim(limit: number): Promise<T[]>;
  /** Never rejects. May ask for a pause before the next claim, in milliseconds. */
  send(item: T): Promise<{ pauseMs: number } | undefined>;
  onClaimFailed(error: unknown): void;
}

/** Claims and sends, up to a number at once, for as long as there is something; then sleeps until it is nudged. */
export class HandOverLoop<T = unknown> {
  private running: Promise<void> | undefined;
  private stopping = false;
  private nudged = false;
  private pausedUntil = 0;
  private readonly onTheWay = new Set<Promise<void>>();
  private wake: (() => void) | undefined;

  constructor(private readonly options: HandOverLoopOptions<T>) {}

  start(): void {
    this.running ??= this.run();
  }

  /** Looks again, now or as soon as there is room. */
  nudge(): void {
    this.nudged = true;
    this.wake?.();
  }

  /** Claims nothing more, and waits for what is on its way. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.wake?.();
    await this.running;
    await Promise.all(this.onTheWay);
  }

  private async run(): Promise<void> {
    while (!this.stopping) {
      this.nudged = false;
      const room = this.options.concurrency - this.onTheWay.size;
      const items = Date.now() < this.pausedUntil ? [] : await this.claim(room);
      for (const item of items) this.begin(item);
      // A full claim means that more is waiting: go on as soon as half of the room is free, without a nudge.
      if (items.length === room) await this.sleepUntil(() => this.onTheWay.size <= this.options.concurrency / 2);
      else await this.sleepUntil(() => this.nudged);
    }
  }

  private async claim(room: number): Promise<T[]> {
    if (room <= 0) return [];
    try {
      return await this.options.claim(room);
    } catch (error) {
      this.options.onClaimFailed(error);
      return [];
    }
  }

  private begin(item: T): void {
    const sending = this.options
      .send(item)
      .then((answer) => {
        if (answer) this.pausedUntil = Date.now() + answer.pauseMs;
      })
      .finally(() => {
        this.onTheWay.delete(sending);
        this.wake?.();
      });
    this.onTheWay.add(sending);
  }

  private async sleepUntil(awake: () => boolean): Promise<void> {
    while (!this.stopping && !awake()) {
      await new Promise<void>((resolve) => {
        this.wake = resolve;
      });
    }
    this.wake = undefined;
  }
}
