import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { TokenKey } from '../../contracts/keyring.js';

/**
 * The token of a mail's link: 256 bits, base64url. It follows from the operation, so a mail that is sent again because
 * the server's answer was lost carries the same link. Nobody can make one without the key.
 */
export function activationToken({ key }: TokenKey, operationId: string): string {
  return createHmac('sha256', key).update(`tenure/activation/v1/${operationId}`).digest('base64url');
}

/** What the database knows of a token: its SHA-256. 256 random bits need no slow hash. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

/**
 * The token whose hash is stored, whichever key made it; after a rotation that is not the first. `undefined` when that
 * key is no longer in the keyring.
 */
export function storedToken(keys: readonly TokenKey[], operationId: string, hash: Buffer): string | undefined {
  return keys.map((key) => activationToken(key, operationId)).find((token) => timingSafeEqual(tokenHash(token), hash));
}

/** The page that a token opens. */
export function activationUrl(publicUrl: string, token: string): string {
  const url = new URL('activate', publicUrl.endsWith('/') ? publicUrl : `${publicUrl}/`);
  url.searchParams.set('token', token);
  return url.href;
}

/**
 * The Message-ID of an operation's mail (RFC 5322, 3.6.4), in angle brackets: the same whenever it is sent, so that
 * receivers recognise a repetition. It tells nothing of the operation.
 */
export function messageId(operationId: string, domain: string): string {
  return `<${createHash('sha256').update(`tenure/mail/v1/${operationId}`).digest('hex').slice(0, 40)}@${domain}>`;
}
