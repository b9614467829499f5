import { HttpException } from '@nestjs/common';
import { type Problem, type ProblemError, type ProblemKind, problem } from './problem.js';

/** Ends a request with a problem. */
export class ProblemException extends HttpException {
  readonly problem: Problem;

  constructor(status: number, kind: ProblemKind, detail: string, errors?: ProblemError[]) {
    const body = problem(status, kind, detail, errors);
    super(body, status);
    this.problem = body;
  }
}
