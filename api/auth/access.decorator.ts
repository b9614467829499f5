import { createParamDecorator, type ExecutionContext, SetMetadata } from '@nestjs/common';
import type { Request } from 'express';

/** Who may call a route. Without a decorator: whoever has the bearer token. */
export type Access = 'public' | 'token-or-session';

export const ACCESS = 'tenure:access';

/** Anybody, without authentication: health, the activation page, the API's own description. */
export const Public = (): MethodDecorator & ClassDecorator => SetMetadata(ACCESS, 'public' satisfies Access);

/** The bearer token or, for browsers, the cookie of the sign-in page. */
export const TokenOrSession = (): MethodDecorator & ClassDecorator =>
  SetMetadata(ACCESS, 'token-or-session' satisfies Access);

/** Whoever is calling. */
export interface Principal {
  /** Stands as the actor in events and in the report. */
  name: string;
}

/** A request after authentication. */
export type AuthenticatedRequest = Request & { principal?: Principal };

/** The caller's name, for a parameter of a controller. */
export const Actor = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (!principal) throw new Error('A route that is public has no actor.');
  return principal.name;
});
