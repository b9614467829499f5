import { z } from 'zod';

/**
 * Control characters (Unicode category Cc, NUL among them) and halves of surrogate pairs. They are in no name, and
 * PostgreSQL, LDAP and XML each refuse some of them later.
 */
const UNUSABLE = /[\p{Cc}\p{Cs}]/u;

/** A text without control characters. `what` begins the sentences about it: "The eventId". */
export function plainText(what: string, maxLength: number) {
  return z
    .string({ error: `${what} has to be a text.` })
    .max(maxLength, `${what} may have at most ${maxLength} characters.`)
    .refine((text) => !UNUSABLE.test(text), `${what} has a control character or half a character in it.`);
}

/** A text that things are known by: not empty, no space around it. */
export function identifier(what: string, maxLength: number) {
  return plainText(what, maxLength)
    .min(1, `${what} must not be empty.`)
    .refine((text) => text === text.trim(), `${what} must not begin or end with a space.`);
}

/** The id of something that Tenure made. */
export const uuid = z.uuid('The id has to be a UUID.').transform((id) => id.toLowerCase());
