import type { LifecycleEvent } from './lifecycle-event.js';

/** What the order of a person's events follows from. */
export type OrderedEvent = Pick<LifecycleEvent, 'id' | 'position' | 'type' | 'effectiveAt' | 'urgent'>;

/** A waiting event, with the time of its acceptance (ISO 8601) where that is known. */
export type WaitingEvent = OrderedEvent & { acceptedAt?: string };

/** Earlier effect first, and at the same instant earlier acceptance first. */
function byDate(a: OrderedEvent, b: OrderedEvent): number {
  return Date.parse(a.effectiveAt) - Date.parse(b.effectiveAt) || a.position - b.position;
}

function isDue(event: OrderedEvent, now: number): boolean {
  return Date.parse(event.effectiveAt) <= now;
}

function compareEvents(a: OrderedEvent, b: OrderedEvent, now: number): number {
  const first = (event: OrderedEvent) => Number(event.urgent && isDue(event, now));
  return first(b) - first(a) || byDate(a, b);
}

/**
 * The waiting events of one person in the order in which they will be taken, seen from `now` (milliseconds since the
 * epoch): urgent events that are due go first, then the rest by date. An urgent event that is not due yet waits for its
 * date.
 */
export function inOrder<E extends OrderedEvent>(waiting: readonly E[], now: number): E[] {
  return [...waiting].sort((a, b) => compareEvents(a, b, now));
}

/**
 * The waiting events that a leave makes void at the moment it is taken: everything accepted before it and everything
 * dated after it. A rehire stays, and so does what is dated after a rehire that stays; only a rehire that is dated before
 * the leave and was accepted before it, or before it took effect, is void with the rest: or a leave would be undone by a
 * rehire that it was to follow.
 */
export function supersededBy<E extends WaitingEvent>(leave: OrderedEvent, waiting: readonly E[]): E[] {
  const others = waiting.filter((event) => event.id !== leave.id);
  const acceptedBefore = (event: WaitingEvent) =>
    event.position < leave.position ||
    (event.type === 'rehire' &&
      event.acceptedAt !== undefined &&
      Date.parse(event.acceptedAt) < Date.parse(leave.effectiveAt));
  const datedAfter = (event: OrderedEvent) => byDate(leave, event) < 0;
  const rehires = others.filter((event) => event.type === 'rehire' && (!acceptedBefore(event) || datedAfter(event)));
  return others.filter((event) => {
    if (event.type === 'rehire') return !rehires.includes(event);
    if (!acceptedBefore(event) && !datedAfter(event)) return false;
    return !rehires.some((rehire) => byDate(rehire, event) < 0);
  });
}
