import type { ZodError, z } from 'zod';
import { jsonPointer, type ProblemError } from './problem.js';

/** Most mistakes that one answer lists. */
const MOST = 50;

/** The mistakes of a schema check, with a pointer each. `base` stands before every path. */
export function zodProblemErrors(error: ZodError, base: readonly PropertyKey[] = []): ProblemError[] {
  return error.issues.flatMap((issue) => fromIssue(issue, base)).slice(0, MOST);
}

function fromIssue(issue: z.core.$ZodIssue, base: readonly PropertyKey[]): ProblemError[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      pointer: jsonPointer([...path, key]),
      message: `There is no member or parameter called ${JSON.stringify(key.slice(0, 64))}.`,
    }));
  }
  return [{ pointer: jsonPointer(path), message: sentence(issue.message) }];
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
