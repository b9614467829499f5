import { createHash, createHmac } from 'node:crypto';

/** A token as mails carry it: 256 bits, base64url. */
const TOKEN = /^[\w-]{43}$/;

/** The SHA-256 that the database knows of a token or key; `undefined` for what cannot be one. */
export function secretHash(secret: unknown): Buffer | undefined {
  return typeof secret === 'string' && TOKEN.test(secret) ? createHash('sha256').update(secret).digest() : undefined;
}

/**
 * The key of the page on how a chosen password goes. It follows from the link's token, so that whoever sends the form
 * twice comes to the same page; it leads back to no token, and opens nothing but that page.
 */
export function statusKey(token: string, request: string): string {
  return createHmac('sha256', token).update(`tenure/password-status/v1/${request}`).digest('base64url');
}
