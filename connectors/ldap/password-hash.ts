import { createHash, pbkdf2, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify(pbkdf2);

/** Ways in which a password can stand in the attribute. OpenLDAP needs pw-sha2 or pw-pbkdf2 for all but SSHA. */
export type PasswordScheme = 'PBKDF2-SHA512' | 'SSHA512' | 'SSHA';

/** Of OWASP's advice for PBKDF2 with SHA-512. */
const ROUNDS = 210_000;

/** A password's hash as `userPassword` holds it: `{SCHEME}…` (RFC 2307 section 5.3; slapd-pw-sha2(5), slapd-pw-pbkdf2(5)). */
export async function hashPassword(scheme: PasswordScheme, password: string): Promise<string> {
  const salt = randomBytes(16);
  if (scheme === 'PBKDF2-SHA512') {
    const key = await derive(password, salt, ROUNDS, 64, 'sha512');
    return `{${scheme}}${ROUNDS}$${adaptedBase64(salt)}$${adaptedBase64(key)}`;
  }
  const digest = createHash(scheme === 'SSHA' ? 'sha1' : 'sha512')
    .update(password)
    .update(salt)
    .digest();
  return `{${scheme}}${Buffer.concat([digest, salt]).toString('base64')}`;
}

/** Base64 with a full stop instead of a plus sign and without the padding. */
function adaptedBase64(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('+', '.').replace(/=+$/, '');
}

/** A password that nobody knows: 256 bits, and signs of every kind for servers that demand them. */
export function randomPassword(): string {
  return `${randomBytes(32).toString('base64url')}-A!a.1`;
}
