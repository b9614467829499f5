import type { PersonState } from '../person/person.js';
import type { EventType } from './lifecycle-event.js';

/**
 * Why an event makes no sense for a person in that state: a sentence for the report, or `undefined` when it does.
 * A joiner or a rehire of somebody who is here updates them; a leave of somebody who has left cuts access once more.
 */
export function refusal(state: PersonState, type: EventType): string | undefined {
  if (state !== 'left') return undefined;
  if (type === 'mover') return 'The person has left: a mover changes nothing. Send a rehire to bring them back.';
  if (type === 'joiner') return 'The person has left: only a rehire brings them back, with the account they had.';
  return undefined;
}

/** The state that an event leads to. Call it only when there is no `refusal`. */
export function stateAfter(state: PersonState, type: EventType): PersonState {
  if (type === 'leaver') return 'left';
  if (type === 'mover') return state;
  return 'active';
}
