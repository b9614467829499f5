import { type ArgumentsHost, Catch, type ExceptionFilter, Logger, NotFoundException } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Request, Response } from 'express';
import { allowedMethods } from './allowed-methods.js';
import { ProblemException } from './problem.exception.js';
import { type Problem, problem } from './problem.js';
import { problemOf } from './problem-of.js';

/** Answers every failed request with problem details (RFC 9457). */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('problems');

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Request>();
    const response = host.switchToHttp().getResponse<Response>();
    const body = this.describe(error, request, response);
    if (body.status >= 500) this.logger.error({ err: error, status: body.status }, 'request failed');
    if (response.headersSent) {
      // Cut off, so that nobody takes half an answer for a whole one.
      response.destroy();
      return;
    }
    if (body.status === 503) response.setHeader('Retry-After', '1');
    response
      .status(body.status)
      .type('application/problem+json')
      .send(JSON.stringify(withInstance(body, request)));
  }

  private describe(error: unknown, request: Request, response: Response): Problem {
    if (!(error instanceof NotFoundException) || error instanceof ProblemException) return problemOf(error);
    // The router found no route for the path and the method; it does not say whether there is one for the path alone.
    const allowed = allowedMethods(this.adapterHost.httpAdapter.getInstance(), request.path);
    if (allowed.length === 0) {
      return problem(404, 'not-found', `There is nothing under ${request.path.slice(0, 200)}. See /api/v1/docs.`);
    }
    response.setHeader('Allow', allowed.join(', '));
    return problem(405, 'method-not-allowed', `${request.method} is not offered here, only ${allowed.join(', ')}.`);
  }
}

function withInstance(body: Problem, request: Request): Problem {
  const { id } = request as { id?: unknown };
  return typeof id === 'string' ? { ...body, instance: `urn:tenure:request:${id}` } : body;
}
