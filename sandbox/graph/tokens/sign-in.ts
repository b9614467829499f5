import type { JWTPayload } from 'jose';
import type { Directory } from '../directory/directory.js';
import { passwordMatches, type UserObject } from '../directory/directory-object.js';
import type { TokenAuthority } from './token-authority.js';
import { TokenError } from './token-error.js';

const REFRESH_AUDIENCE = 'refresh';

/** What a person gets who signs in. */
export interface SignInTokens {
  accessToken: string;
  refreshToken: string;
}

/**
 * A person's sign-in with name and password (RFC 6749, 4.3). Nobody should build on that grant, but it is how a test
 * can see who can sign in, and with which password.
 */
export async function signIn(
  username: string,
  password: string,
  directory: Directory,
  authority: TokenAuthority,
): Promise<SignInTokens> {
  const [user] = directory.users.withValue('userPrincipalName', username) ?? [];
  if (!user) {
    throw new TokenError(
      400,
      'invalid_grant',
      50034,
      `The user account ${username} does not exist in the directory. To sign into this application, the account must be added to the directory.`,
    );
  }
  if (!user.password || !passwordMatches(user.password, password)) {
    throw new TokenError(
      400,
      'invalid_grant',
      50126,
      'Error validating credentials due to invalid username or password.',
    );
  }
  requireEnabled(user);
  if (user.password.mustChange) throw new TokenError(400, 'invalid_grant', 50055, 'The password is expired.');
  return tokensFor(user, authority);
}

/** New tokens for a session. A session ends with its revocation, a new password, or the account. */
export async function refreshSession(
  token: string,
  directory: Directory,
  authority: TokenAuthority,
): Promise<SignInTokens> {
  const claims = await readRefreshToken(token, authority);
  const user = directory.users.get(String(claims.sub));
  if (!user) throw new TokenError(400, 'invalid_grant', 50034, 'The user account does not exist in the directory.');
  requireEnabled(user);
  if (claims.session !== sessionOf(user)) {
    throw new TokenError(
      400,
      'invalid_grant',
      50173,
      'The provided grant has expired due to it being revoked, a fresh auth token is needed. The user might have changed ' +
        'or reset their password.',
    );
  }
  return tokensFor(user, authority);
}

function requireEnabled(user: UserObject): void {
  if (user.properties.accountEnabled === true) return;
  throw new TokenError(400, 'invalid_grant', 50057, 'The user account is disabled.');
}

async function tokensFor(user: UserObject, authority: TokenAuthority): Promise<SignInTokens> {
  const [accessToken, refreshToken] = await Promise.all([
    authority.issue({ sub: user.id, oid: user.id, upn: user.properties.userPrincipalName, scp: 'User.Read' }, 'user'),
    authority.issue({ sub: user.id, session: sessionOf(user) }, REFRESH_AUDIENCE),
  ]);
  return { accessToken, refreshToken };
}

/** Changes whenever the user's sessions are ended. */
function sessionOf(user: UserObject): number {
  return user.sessionsEnded ?? 0;
}

async function readRefreshToken(token: string, authority: TokenAuthority): Promise<JWTPayload> {
  try {
    return await authority.verify(token, REFRESH_AUDIENCE);
  } catch {
    throw new TokenError(400, 'invalid_grant', 9002313, 'Invalid request. Request is malformed or invalid.');
  }
}
