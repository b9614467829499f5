import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Response } from 'express';
import { ProblemException } from '../problems/problem.exception.js';
import { ACCESS, type Access, type AuthenticatedRequest } from './access.decorator.js';
import { Authenticator } from './authenticator.js';

/** Lets nobody past without authentication, but where a route says that it is public. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly authenticator: Authenticator,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS, [
      context.getHandler(),
      context.getClass(),
    ]);
    if (access === 'public') return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    request.principal =
      this.authenticator.byBearer(request) ??
      (access === 'token-or-session' ? this.authenticator.bySession(request) : undefined);
    if (request.principal) return true;
    context.switchToHttp().getResponse<Response>().setHeader('WWW-Authenticate', 'Bearer realm="Tenure"');
    throw new ProblemException(
      401,
      'unauthenticated',
      request.headers.authorization
        ? 'The bearer token is not the one that Tenure was started with.'
        : 'Send the token that Tenure was started with as "Authorization: Bearer <token>".',
    );
  }
}
