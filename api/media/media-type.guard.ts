import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { ProblemException } from '../problems/problem.exception.js';
import { CONSUMES } from './consumes.decorator.js';

const JSON_TYPES = ['application/json'];

/** Refuses bodies of a media type that the route does not take. Without it they would be no body at all. */
@Injectable()
export class MediaTypeGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<Request>();
    const types = this.reflector.get<string[] | undefined>(CONSUMES, context.getHandler()) ?? JSON_TYPES;
    // `null`: there is no body. A POST without one may also say so as a length of 0 (RFC 9110, 8.6), as fetch does.
    if (request.is(types) !== false || request.headers['content-length'] === '0') return true;
    const given = request.headers['content-type'];
    throw new ProblemException(
      415,
      'unsupported-media-type',
      `Send the body as ${types.join(' or ')} (header Content-Type)${given ? `, not as ${given.slice(0, 100)}` : ''}.`,
    );
  }
}
