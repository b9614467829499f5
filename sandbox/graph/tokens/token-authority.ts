import { createPrivateKey, createPublicKey, generateKeyPair, type KeyObject, randomUUID } from 'node:crypto';
import { promisify } from 'node:util';
import { errors, type JWTPayload, jwtVerify, SignJWT } from 'jose';
import { invalidToken } from '../http/graph-error.js';

/** The audience of Graph's tokens. */
export const GRAPH_AUDIENCE = 'https://graph.microsoft.com';

/** Makes and checks the tokens of the tenant. Callers must treat them as opaque, but they are JWTs, as Entra's are. */
export class TokenAuthority {
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly #issuer: string;
  /** Tokens that were checked already, with their expiry in seconds; checking a signature for each request is costly. */
  readonly #verified = new Map<string, { roles: ReadonlySet<string>; expires: number }>();
  #epoch = 0;

  /**
   * @param privateKey RSA key, PEM
   * @param lifetimeSeconds how long access tokens are valid
   */
  constructor(
    private readonly tenantId: string,
    privateKey: string,
    readonly lifetimeSeconds: number,
  ) {
    this.#privateKey = createPrivateKey(privateKey);
    this.#publicKey = createPublicKey(this.#privateKey);
    this.#issuer = `https://sts.windows.net/${tenantId}/`;
  }

  /** An app-only access token for Graph. */
  async issueForApp(app: { clientId: string; displayName: string; permissions: readonly string[] }): Promise<string> {
    return this.#sign(
      {
        appid: app.clientId,
        app_displayname: app.displayName,
        idtyp: 'app',
        oid: app.clientId,
        roles: app.permissions,
        sub: app.clientId,
      },
      GRAPH_AUDIENCE,
    );
  }

  /** A token of the tenant with the given claims. */
  async issue(claims: JWTPayload, audience: string): Promise<string> {
    return this.#sign(claims, audience);
  }

  /** Makes every token issued so far an expired one. */
  expireAll(): void {
    this.#epoch++;
    this.#verified.clear();
  }

  /** The app permissions in the `Authorization` header of a request to Graph. Throws `InvalidAuthenticationToken`. */
  async permissionsOf(authorization: string | undefined): Promise<ReadonlySet<string>> {
    const token = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1];
    if (token === undefined) throw invalidToken('Access token is empty.');
    const now = Date.now() / 1000;
    const known = this.#verified.get(token);
    if (known && known.expires > now) return known.roles;
    this.#verified.delete(token);
    const claims = await this.verify(token, GRAPH_AUDIENCE);
    const roles = new Set(Array.isArray(claims.roles) ? (claims.roles as string[]) : []);
    this.#verified.set(token, { roles, expires: claims.exp ?? 0 });
    return roles;
  }

  /** The claims of a valid token. Throws `InvalidAuthenticationToken` with Graph's reason. */
  async verify(token: string, audience: string): Promise<JWTPayload> {
    if (token.split('.').length !== 3) throw invalidToken('IDX14100: JWT is not well formed, there are no dots (.).');
    try {
      const { payload } = await jwtVerify(token, this.#publicKey, { issuer: this.#issuer, audience });
      if (payload.epoch !== this.#epoch) throw new errors.JWTExpired('expired by request', payload, 'exp');
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw invalidToken('Lifetime validation failed, the token is expired.');
      const claim = error instanceof errors.JWTClaimValidationFailed ? error.claim : undefined;
      if (claim === 'aud') throw invalidToken('Access token validation failure. Invalid audience.');
      throw invalidToken('Access token validation failure. Signature is invalid.');
    }
  }

  async #sign(claims: JWTPayload, audience: string): Promise<string> {
    return new SignJWT({ ...claims, epoch: this.#epoch, tid: this.tenantId, uti: randomUUID(), ver: '1.0' })
      .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: 'sandbox' })
      .setIssuer(this.#issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setNotBefore('0s')
      .setExpirationTime(`${this.lifetimeSeconds}s`)
      .sign(this.#privateKey);
  }
}

/** A new key to sign tokens with, PEM. */
export async function createSigningKey(): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
