import type { HrEvent } from '../witnesses/tenure-client.js';
import type { FeedPerson } from './people.js';

/** Who says it, in the report. */
export const SOURCE = 'demo-hr';

/** The event of somebody who joins. */
export function joiner(person: FeedPerson): HrEvent {
  return { type: 'joiner', source: SOURCE, eventId: `join-${person.personId}`, person: { ...person } };
}

/** What HR's export sometimes holds: a date that is none. */
export function badRecord(): HrEvent {
  return {
    type: 'joiner',
    source: SOURCE,
    eventId: 'join-1031',
    effectiveAt: '31/02/2027',
    person: { personId: '1031', givenName: 'Pat', familyName: 'Example', department: 'Sales' },
  };
}

/** An event about somebody who is there, with only what changes. */
export function change(
  type: 'mover' | 'leaver' | 'rehire',
  personId: string,
  changes: Partial<Omit<FeedPerson, 'personId'>> = {},
  more: Pick<HrEvent, 'effectiveAt' | 'urgent'> = {},
): HrEvent {
  return { type, source: SOURCE, eventId: `${type}-${personId}`, ...more, person: { personId, ...changes } };
}
