import { z } from 'zod';

/** Every kind of problem that the API tells, with its title. `type` in an answer is `urn:tenure:problem:` and the kind. */
export const PROBLEM_TITLES = {
  'invalid-request': 'The request is not valid',
  'malformed-json': 'The body is not JSON',
  unauthenticated: 'Authentication is needed',
  forbidden: 'This is not allowed',
  'not-found': 'There is no such thing',
  'method-not-allowed': 'The method is not offered here',
  conflict: 'It does not fit to what is there',
  'event-conflict': 'Another event has this source and eventId',
  'version-conflict': 'Somebody else has changed it',
  'too-large': 'The request is too large',
  'unsupported-media-type': 'The media type is not understood here',
  'invalid-policy': 'The policy has mistakes',
  'too-many-requests': 'Too many requests',
  'no-longer-retained': 'Temporal no longer keeps the history',
  'internal-error': 'Something went wrong in Tenure',
  unavailable: 'A part of Tenure does not answer',
  other: 'The request failed',
} as const;

export type ProblemKind = keyof typeof PROBLEM_TITLES;

/** One mistake in what was sent. */
export const problemErrorSchema = z
  .object({
    pointer: z.string().describe('Where it is: a JSON Pointer (RFC 6901) into the body, or the name of a parameter'),
    message: z.string().describe('What is wrong, as a sentence'),
    line: z.int().optional().describe('Line in a document, from 1'),
    column: z.int().optional().describe('Column in a document, from 1'),
  })
  .meta({ id: 'ProblemError' });
export type ProblemError = z.infer<typeof problemErrorSchema>;

/** Problem details (RFC 9457). */
export const problemSchema = z.object({
  type: z.string().describe('urn:tenure:problem:<kind>; docs/api.md lists the kinds'),
  title: z.string(),
  status: z.int(),
  detail: z.string().describe('What was wrong and what to do, as sentences'),
  instance: z.string().optional().describe('The id of the request, which the log knows too'),
  errors: z.array(problemErrorSchema).optional(),
});
export type Problem = z.infer<typeof problemSchema>;

/** Makes the body of a problem. */
export function problem(status: number, kind: ProblemKind, detail: string, errors?: ProblemError[]): Problem {
  return {
    type: `urn:tenure:problem:${kind}`,
    title: PROBLEM_TITLES[kind],
    status,
    detail,
    ...(errors && errors.length > 0 ? { errors } : {}),
  };
}

/** A JSON Pointer (RFC 6901) of a path. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}
