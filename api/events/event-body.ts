import { z } from 'zod';
import { EVENT_TYPES } from '../../domain/event/lifecycle-event.js';
import type { AttributeValue } from '../../domain/person/attributes.js';
import { moment } from '../validation/moment.js';
import { identifier, plainText } from '../validation/text.js';

/** Most events in one request. */
export const MOST_EVENTS = 1_000;
/** Most attributes of one person. */
export const MOST_ATTRIBUTES = 100;
/** Most values of one attribute. */
export const MOST_VALUES = 100;
/** Longest value, in UTF-16 code units. */
export const LONGEST_VALUE = 1_024;

/** A name that expressions of a policy can use: `person.costCentre`. */
const ATTRIBUTE_NAME = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;

const value = plainText('A value', LONGEST_VALUE);

const attributeValue: z.ZodType<AttributeValue> = z.union(
  [
    value,
    z.number(),
    z.boolean(),
    z
      .array(value)
      // Not max(): within a union its sentence would be lost.
      .refine((list) => list.length <= MOST_VALUES, `An attribute may have at most ${MOST_VALUES} values.`)
      .meta({ maxItems: MOST_VALUES }),
    z.null(),
  ],
  { error: 'An attribute has to be a text, a number, true, false, a list of texts, or null for "has no value".' },
);

/** The members that need a sentence of their own; every other member of `person` is an attribute. */
const personSchema = z
  .object(
    { personId: identifier('The personId', 128).describe("HR's id of the person") },
    {
      error: 'The person has to be an object with a personId and attributes.',
    },
  )
  .catchall(attributeValue)
  .superRefine((person, context) => {
    const names = Object.keys(person);
    if (names.length > MOST_ATTRIBUTES + 1) {
      context.addIssue(`A person may have at most ${MOST_ATTRIBUTES} attributes.`);
    }
    for (const name of names) {
      if (ATTRIBUTE_NAME.test(name)) continue;
      const message =
        'The name of an attribute has to begin with a letter and have up to 64 letters, digits, dots, hyphens or underscores.';
      context.addIssue({ code: 'custom', path: [name], message });
    }
  })
  .meta({ id: 'EventPerson' });

/** One event as it is sent. */
export const eventBodySchema = z.strictObject(
  {
    type: z.enum(EVENT_TYPES, { error: `The type has to be one of ${EVENT_TYPES.join(', ')}.` }),
    source: identifier('The source', 64).describe('Who says it: workday, csv, admin, …'),
    eventId: identifier('The eventId', 128).describe("The source's own id of the event; unique within the source"),
    effectiveAt: moment('The effectiveAt').optional().describe('When it takes effect. Default: now'),
    urgent: z.boolean({ error: 'The member urgent has to be true or false.' }).optional().describe('Goes first'),
    person: personSchema,
  },
  { error: (issue) => (issue.code === 'invalid_type' ? 'An event has to be an object.' : undefined) },
);
export type EventBody = z.infer<typeof eventBodySchema>;
