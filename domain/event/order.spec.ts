import fc from 'fast-check';
import { EVENT_TYPES, type EventType } from './lifecycle-event.js';
import { inOrder, type OrderedEvent, supersededBy } from './order.js';

const NOW = Date.parse('2026-11-23T12:00:00Z');

function event(position: number, type: EventType, effectiveAt: string, urgent = false): OrderedEvent {
  return { id: `e${position}`, position, type, effectiveAt, urgent };
}

const names = (events: OrderedEvent[]) => events.map((each) => each.id);

describe('the order of a person’s events', () => {
  it('takes the earliest effect first, and the earlier accepted at the same instant', () => {
    const waiting = [
      event(3, 'mover', '2026-11-20T00:00:00Z'),
      event(2, 'mover', '2026-11-20T00:00:00Z'),
      event(1, 'mover', '2026-11-21T00:00:00Z'),
    ];
    expect(names(inOrder(waiting, NOW))).toEqual(['e2', 'e3', 'e1']);
  });

  it('takes an urgent event before all that is due, once it is due itself', () => {
    const waiting = [
      event(1, 'mover', '2026-11-20T00:00:00Z'),
      event(2, 'leaver', '2026-11-23T11:59:00Z', true),
      event(3, 'leaver', '2026-12-24T00:00:00Z', true),
    ];
    expect(names(inOrder(waiting, NOW))).toEqual(['e2', 'e1', 'e3']);
  });

  it('reads offsets as instants, not as text', () => {
    const waiting = [event(1, 'mover', '2026-11-23T10:00:00+00:00'), event(2, 'mover', '2026-11-23T10:30:00+02:00')];
    expect(names(inOrder(waiting, NOW))).toEqual(['e2', 'e1']);
  });

  const anyEvent = fc
    .record({
      type: fc.constantFrom(...EVENT_TYPES),
      days: fc.integer({ min: -4, max: 4 }),
      urgent: fc.boolean(),
    })
    .map(({ type, days, urgent }) => ({ type, urgent, effectiveAt: new Date(NOW + days * 86_400_000).toISOString() }));
  const anyEvents = fc
    .array(anyEvent, { maxLength: 8 })
    .map((events) => events.map((each, index) => ({ ...each, id: `e${index}`, position: index })));

  it('is total: whatever order the events arrive in, one order comes out', () => {
    fc.assert(
      fc.property(
        anyEvents.chain((events) =>
          fc.tuple(fc.constant(events), fc.shuffledSubarray(events, { minLength: events.length })),
        ),
        ([events, shuffled]) => {
          expect(names(inOrder(shuffled, NOW))).toEqual(names(inOrder(events, NOW)));
        },
      ),
    );
  });

  it('is stable: while nothing new arrives and time goes on, only an urgent event that became due overtakes', () => {
    fc.assert(
      fc.property(anyEvents, fc.integer({ min: 0, max: 5 }), (events, days) => {
        const before = names(inOrder(events, NOW));
        const after = names(inOrder(events, NOW + days * 86_400_000));
        const urgent = new Set(events.filter((each) => each.urgent).map(({ id }) => id));
        const patient = (ids: string[]) => ids.filter((id) => !urgent.has(id));
        expect(patient(after)).toEqual(patient(before));
      }),
    );
  });
});

describe('what a leave makes void', () => {
  const leave = event(5, 'leaver', '2026-11-23T00:00:00Z');

  it('is what was accepted before it and what is dated after it', () => {
    const waiting = [
      event(1, 'mover', '2026-11-20T00:00:00Z'),
      event(2, 'mover', '2026-12-20T00:00:00Z'),
      event(6, 'mover', '2026-11-20T00:00:00Z'),
      event(7, 'mover', '2026-12-20T00:00:00Z'),
      event(8, 'leaver', '2026-12-31T00:00:00Z'),
      leave,
    ];
    expect(names(supersededBy(leave, waiting))).toEqual(['e1', 'e2', 'e7', 'e8']);
  });

  it('is neither a rehire after it nor what follows that rehire', () => {
    const waiting = [
      event(6, 'rehire', '2027-01-01T00:00:00Z'),
      event(7, 'mover', '2027-02-01T00:00:00Z'),
      event(8, 'mover', '2026-12-24T00:00:00Z'),
    ];
    expect(names(supersededBy(leave, waiting))).toEqual(['e8']);
  });

  it('is a rehire too that was accepted and dated before it: an urgent leave must not be undone', () => {
    expect(names(supersededBy(leave, [event(1, 'rehire', '2026-11-20T00:00:00Z')]))).toEqual(['e1']);
  });

  it('leaves nothing behind that would be taken after it without a rehire in between', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -9, max: 9 }), { maxLength: 6 }),
        fc.array(fc.constantFrom<EventType>('joiner', 'mover', 'leaver'), { minLength: 6, maxLength: 6 }),
        (days, types) => {
          const before = days.map((day, index) =>
            event(index - 10, types[index] ?? 'mover', new Date(NOW + day * 86_400_000).toISOString()),
          );
          expect(supersededBy(leave, before)).toHaveLength(before.length);
        },
      ),
    );
  });
});
