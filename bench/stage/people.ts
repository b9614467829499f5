import type { NewEvent } from '../../test/stack/tenure.js';

/** Somebody whose names belong to nobody else, however many are asked for. */
export function joiner(prefix: string, number: number): NewEvent & { source: string; eventId: string } {
  const id = `${prefix}${number}`;
  return {
    type: 'joiner',
    source: 'bench',
    eventId: `join-${id}`,
    person: {
      personId: id,
      givenName: `G${prefix}`,
      familyName: `Family${number}`,
      department: `Department ${number % 20}`,
      title: 'Engineer',
      personalMail: `${id}@home.example`,
    },
  };
}

/** They leave. */
export function leaver(personId: string): NewEvent & { source: string; eventId: string } {
  return { type: 'leaver', source: 'bench', eventId: `leave-${personId}`, urgent: true, person: { personId } };
}
