import { createHash } from 'node:crypto';
import type { Attributes } from '../../domain/person/attributes.js';
import type { NewEvent } from '../../persistence/event-acceptance.repository.js';
import { jsonPointer, type Problem, type ProblemError, problem } from '../problems/problem.js';
import { zodProblemErrors } from '../problems/zod-problem-errors.js';
import { dangerousNames } from './dangerous-names.js';
import { type EventBody, eventBodySchema } from './event-body.js';

/** Checks one event of a request. `base` is where it stands in the body. */
export function readEvent(body: unknown, base: readonly PropertyKey[], now: Date): NewEvent | Problem {
  const refused: ProblemError[] = dangerousNames(body).map((path) => ({
    pointer: jsonPointer([...base, ...path]),
    message: `The name ${JSON.stringify(path.at(-1))} is not allowed.`,
  }));
  if (refused.length > 0) return invalid(refused);
  const read = eventBodySchema.safeParse(body);
  return read.success ? newEvent(read.data, now) : invalid(zodProblemErrors(read.error, base));
}

function invalid(errors: ProblemError[]): Problem {
  return problem(400, 'invalid-request', errors.map(({ message }) => message).join(' '), errors);
}

function newEvent(body: EventBody, now: Date): NewEvent {
  const { personId, ...attributes } = body.person;
  return {
    type: body.type,
    source: body.source,
    eventId: body.eventId,
    effectiveAt: body.effectiveAt === undefined ? now : new Date(body.effectiveAt),
    urgent: body.urgent ?? false,
    personId,
    attributes,
    bodyHash: hashOf(body, personId, attributes),
  };
}

/** The same for two bodies that say the same, whatever the order of their members. A missing date stays missing. */
function hashOf(body: EventBody, personId: string, attributes: Attributes): string {
  const said = [
    body.type,
    body.effectiveAt === undefined ? null : new Date(body.effectiveAt).toISOString(),
    body.urgent ?? false,
    personId,
    Object.entries(attributes).sort(([a], [b]) => (a < b ? -1 : 1)),
  ];
  return createHash('sha256').update(JSON.stringify(said)).digest('hex');
}
