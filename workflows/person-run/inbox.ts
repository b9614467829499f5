import type { EventRef } from '../../contracts/person-run.js';
import { inOrder } from '../../domain/event/order.js';

/** What a run was told and has not taken yet. An event that comes twice stands in it once. */
export class Inbox {
  private readonly waiting = new Map<string, EventRef>();
  private readonly taken = new Set<string>();
  private readonly waitingRetries = new Set<string>();

  constructor(events: EventRef[] = [], retries: string[] = []) {
    for (const event of events) this.add(event);
    for (const retry of retries) this.addRetry(retry);
  }

  add(event: EventRef): void {
    if (!this.taken.has(event.id)) this.waiting.set(event.id, event);
  }

  /** Puts an event back that was taken too early, or that turns out not to be taken. */
  putBack(event: EventRef): void {
    this.taken.delete(event.id);
    this.waiting.set(event.id, event);
  }

  addRetry(operationId: string): void {
    this.waitingRetries.add(operationId);
  }

  /** Everything that waits, the next one first. */
  events(now: number): EventRef[] {
    return inOrder([...this.waiting.values()], now);
  }

  /**
   * The event that comes next, due or not. A leave that is due goes before everything: whatever was waiting is void
   * with it, and access is cut at once.
   */
  next(now: number): EventRef | undefined {
    const events = this.events(now);
    return events.find((event) => event.type === 'leaver' && isDue(event, now)) ?? events[0];
  }

  /** The event that can be taken now. */
  due(now: number): EventRef | undefined {
    const next = this.next(now);
    return next && isDue(next, now) ? next : undefined;
  }

  /** Milliseconds until the next of those events becomes due that are not; `undefined` when none is to come. */
  untilNextDate(now: number): number | undefined {
    const waits = [...this.waiting.values()].map((event) => Date.parse(event.effectiveAt) - now);
    const toCome = waits.filter((wait) => wait > 0);
    return toCome.length > 0 ? Math.min(...toCome) : undefined;
  }

  /** Takes an event out for good. */
  take(event: EventRef): void {
    this.waiting.delete(event.id);
    this.taken.add(event.id);
  }

  /** Takes all retries out. */
  takeRetries(): string[] {
    const retries = [...this.waitingRetries];
    this.waitingRetries.clear();
    return retries;
  }

  get retries(): string[] {
    return [...this.waitingRetries];
  }

  get size(): number {
    return this.waiting.size + this.waitingRetries.size;
  }

  get isEmpty(): boolean {
    return this.size === 0;
  }
}

function isDue(event: EventRef, now: number): boolean {
  return Date.parse(event.effectiveAt) <= now;
}
