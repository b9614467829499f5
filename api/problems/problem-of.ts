import { STATUS_CODES } from 'node:http';
import { HttpException } from '@nestjs/common';
import { ZodValidationException } from 'nestjs-zod';
import { ZodError } from 'zod';
import { isDatabaseAway } from '../database/database-away.js';
import { isTemporalAway } from '../temporal/temporal-away.js';
import { ProblemException } from './problem.exception.js';
import { type Problem, type ProblemKind, problem } from './problem.js';
import { zodProblemErrors } from './zod-problem-errors.js';

/** Turns whatever a request ended with into a problem. What we did not foresee says nothing of its inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ProblemException) return error.problem;
  if (error instanceof ZodValidationException) return ofZod(error.getZodError());
  if (error instanceof HttpException) return ofHttpException(error);
  const parser = ofBodyParser(error);
  if (parser) return parser;
  if (isDatabaseAway(error)) {
    return problem(503, 'unavailable', 'The database does not answer. Nothing was changed; try again in a moment.');
  }
  if (isTemporalAway(error)) return problem(503, 'unavailable', 'Temporal does not answer. Try again in a moment.');
  return problem(500, 'internal-error', 'Tenure could not do this. Its log tells why, under the id of this request.');
}

function ofZod(error: unknown): Problem {
  const errors = error instanceof ZodError ? zodProblemErrors(error) : [];
  return problem(400, 'invalid-request', errors.map(({ message }) => message).join(' ') || 'Not valid.', errors);
}

const KINDS: Record<number, ProblemKind> = {
  400: 'invalid-request',
  401: 'unauthenticated',
  403: 'forbidden',
  404: 'not-found',
  409: 'conflict',
  413: 'too-large',
  415: 'unsupported-media-type',
  429: 'too-many-requests',
  503: 'unavailable',
};

function ofHttpException(error: HttpException): Problem {
  const status = error.getStatus();
  if (error.cause instanceof SyntaxError || /JSON/.test(error.message)) return malformedJson();
  if (status === 429) return problem(429, 'too-many-requests', 'Too many attempts. Wait a minute and try again.');
  const kind = KINDS[status] ?? (status >= 500 ? 'internal-error' : 'other');
  const detail = status >= 500 ? (STATUS_CODES[status] ?? 'Failed') : error.message;
  return problem(status, kind, `${detail.replace(/[.!?]$/, '')}.`);
}

function malformedJson(): Problem {
  return problem(
    400,
    'malformed-json',
    'The body cannot be read as JSON (RFC 8259). Check quotes, commas and brackets.',
  );
}

/** Errors of the body parsers (`http-errors` with a `type`). */
function ofBodyParser(error: unknown): Problem | undefined {
  const { type, status } = error as { type?: unknown; status?: unknown };
  if (typeof type !== 'string' || typeof status !== 'number' || status >= 500) return undefined;
  switch (type) {
    case 'entity.too.large':
    case 'parameters.too.many':
      return problem(
        413,
        'too-large',
        'The body is larger than allowed (10 MB for JSON). Split it into several requests.',
      );
    case 'entity.parse.failed':
      return malformedJson();
    case 'charset.unsupported':
    case 'encoding.unsupported':
      return problem(
        415,
        'unsupported-media-type',
        'Send the body in UTF-8, plain or compressed by gzip, deflate or br.',
      );
    default:
      return problem(400, 'invalid-request', 'The body could not be read to its end.');
  }
}
