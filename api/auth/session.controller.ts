import { Body, Controller, Get, Header, HttpCode, Inject, Post, Req, Res, UseGuards } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { ThrottlerGuard } from '@nestjs/throttler';
import type { Request, Response } from 'express';
import { API_OPTIONS, type ApiOptions } from '../api-options.js';
import { Consumes } from '../media/consumes.decorator.js';
import { ProblemException } from '../problems/problem.exception.js';
import { Public } from './access.decorator.js';
import { Authenticator, SESSION_COOKIE, SESSION_MS } from './authenticator.js';
import { sessionPage } from './session-page.js';

/** The cookie goes to nothing but the codec. */
const COOKIE_PATH = '/api/v1/codec';

/**
 * Signing in with a browser, for Temporal's web UI: it has payloads decoded by us and can send a cookie, but no bearer
 * token of ours. `SameSite=Strict` still goes from one port or subdomain to another: UI and API have to share a site.
 */
@Public()
@ApiExcludeController()
@Controller('api/v1/session')
export class SessionController {
  constructor(
    private readonly authenticator: Authenticator,
    @Inject(API_OPTIONS) private readonly options: ApiOptions,
  ) {}

  @Get()
  @Header('Content-Type', 'text/html; charset=utf-8')
  page(): string {
    return sessionPage({ state: 'signed-out' });
  }

  @Post()
  @HttpCode(200)
  @UseGuards(ThrottlerGuard)
  @Consumes('application/x-www-form-urlencoded')
  signIn(@Body() body: unknown, @Req() request: Request, @Res() response: Response): void {
    this.refuseForeignForms(request);
    const { token, action } = (body ?? {}) as { token?: unknown; action?: unknown };
    response.type('html');
    if (action === 'sign-out') {
      response.clearCookie(SESSION_COOKIE, this.cookie()).send(sessionPage({ state: 'signed-out' }));
    } else if (typeof token === 'string' && this.authenticator.isToken(token.trim())) {
      response
        .cookie(SESSION_COOKIE, this.authenticator.newSession(), { ...this.cookie(), maxAge: SESSION_MS })
        .send(sessionPage({ state: 'signed-in', ...this.options }));
    } else {
      response.status(401).send(sessionPage({ state: 'refused' }));
    }
  }

  private cookie() {
    const secure = this.options.publicUrl.startsWith('https:');
    return { httpOnly: true, sameSite: 'strict', secure, path: COOKIE_PATH } as const;
  }

  /**
   * A form on somebody else's page must not sign anybody in or out (login CSRF). Browsers say where a request comes from
   * in Sec-Fetch-Site; they send `Origin: null` here, as our pages give no referrer. Older ones only send the origin.
   */
  private refuseForeignForms(request: Request): void {
    const site = request.headers['sec-fetch-site'];
    const { origin } = request.headers;
    const own = [new URL(this.options.publicUrl).origin, `${request.protocol}://${request.headers.host}`];
    const isForeign = site === undefined ? origin !== undefined && !own.includes(origin) : site !== 'same-origin';
    if (isForeign) {
      throw new ProblemException(
        403,
        'forbidden',
        'This form was sent from another site. Open /api/v1/session itself.',
      );
    }
  }
}
