import { createHash, createHmac, hkdfSync, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Request } from 'express';
import { API_OPTIONS, type ApiOptions } from '../api-options.js';
import type { Principal } from './access.decorator.js';

/** Name of the cookie that the sign-in page gives. */
export const SESSION_COOKIE = 'tenure_codec';
/** How long a sign-in lasts: a working day. */
export const SESSION_MS = 10 * 60 * 60 * 1000;

const ADMIN: Principal = { name: 'admin' };

/** Knows who is calling. There is one principal, the administrator, and one token. */
@Injectable()
export class Authenticator {
  private readonly tokenHash: Buffer;
  /** Follows from the token, so that a new token ends every session. */
  private readonly sessionKey: Buffer;

  constructor(@Inject(API_OPTIONS) options: ApiOptions) {
    this.tokenHash = sha256(options.adminToken);
    this.sessionKey = Buffer.from(hkdfSync('sha256', options.adminToken, '', 'tenure/codec-session/v1', 32));
  }

  /** The principal of `Authorization: Bearer …` (RFC 6750, section 2.1). */
  byBearer(request: Pick<Request, 'headers'>): Principal | undefined {
    const [, token] = /^Bearer +([\w.~+/=-]+) *$/i.exec(request.headers.authorization ?? '') ?? [];
    return token !== undefined && this.isToken(token) ? ADMIN : undefined;
  }

  /** The principal of a session cookie that is not over. */
  bySession(request: Pick<Request, 'headers'>, now = Date.now()): Principal | undefined {
    for (const part of (request.headers.cookie ?? '').split(';')) {
      const [name, value = ''] = part.trim().split('=', 2);
      const [expires = '', signature = ''] = value.split('.', 2);
      if (name !== SESSION_COOKIE || !/^\d{1,15}$/.test(expires) || Number(expires) <= now) continue;
      if (equal(Buffer.from(signature, 'base64url'), this.sign(expires))) return ADMIN;
    }
    return undefined;
  }

  /** Whether it is the administrator's token. Takes as long whatever the token is. */
  isToken(token: string): boolean {
    return equal(sha256(token), this.tokenHash);
  }

  /** The value of a session cookie: when it ends, and a signature. */
  newSession(now = Date.now()): string {
    const expires = String(now + SESSION_MS);
    return `${expires}.${this.sign(expires).toString('base64url')}`;
  }

  private sign(expires: string): Buffer {
    return createHmac('sha256', this.sessionKey).update(expires).digest();
  }
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

const equal = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b);
