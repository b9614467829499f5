import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { ThrottlerModule } from '@nestjs/throttler';
import { MediaTypeGuard } from '../media/media-type.guard.js';
import { AuthGuard } from './auth.guard.js';
import { Authenticator } from './authenticator.js';
import { SessionController } from './session.controller.js';

/** Who may call what. */
@Global()
@Module({
  // Ten sign-ins a minute from one address; only routes that ask for the guard are counted.
  imports: [ThrottlerModule.forRoot([{ ttl: 60_000, limit: 10 }])],
  controllers: [SessionController],
  providers: [
    Authenticator,
    { provide: APP_GUARD, useClass: AuthGuard },
    // In this order: nobody learns what a route takes before authentication.
    { provide: APP_GUARD, useClass: MediaTypeGuard },
  ],
  exports: [Authenticator],
})
export class AuthModule {}
