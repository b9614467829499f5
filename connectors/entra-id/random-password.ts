import { randomBytes } from 'node:crypto';

/**
 * A password of 46 characters that nobody knows (256 random bits), with the three kinds of characters that Entra ID
 * asks for whatever the random part brings.
 */
export function randomPassword(): string {
  return `${randomBytes(32).toString('base64url')}aA1`;
}
