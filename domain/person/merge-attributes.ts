import type { LifecycleEvent } from '../event/lifecycle-event.js';
import type { Attributes } from './attributes.js';
import type { Person } from './person.js';

/** The person's attributes after the event: what it says replaces what was; what it does not mention stays. */
export function mergeAttributes(
  person: Pick<Person, 'attributes'>,
  event: Pick<LifecycleEvent, 'attributes'>,
): Attributes {
  return { ...person.attributes, ...event.attributes };
}
