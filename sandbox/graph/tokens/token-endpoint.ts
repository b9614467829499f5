import type { Directory } from '../directory/directory.js';
import type { Tenant } from '../tenant/tenant.js';
import type { AppRegistration } from './app-registration.js';
import { authenticateClient, requireClient } from './client-authentication.js';
import { refreshSession, type SignInTokens, signIn } from './sign-in.js';
import { GRAPH_AUDIENCE, type TokenAuthority } from './token-authority.js';
import { TokenError } from './token-error.js';

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;
const SCOPE = `${GRAPH_AUDIENCE}/.default`;

/** An answer of the token service. */
export interface TokenReply {
  status: number;
  body: Record<string, unknown>;
}

/** The tenant's token service: https://learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow. */
export class TokenEndpoint {
  constructor(
    private readonly tenant: Tenant,
    private readonly app: AppRegistration,
    private readonly authority: TokenAuthority,
    private readonly directory: Directory,
  ) {}

  /** Answers `POST /{tenant}/oauth2/v2.0/token`. */
  async token(tenantName: string, form: URLSearchParams, origin: string): Promise<TokenReply> {
    try {
      this.#requireTenant(tenantName);
      return { status: 200, body: await this.#grant(form, `${origin}/${tenantName}/oauth2/v2.0/token`) };
    } catch (error) {
      return refusal(error, origin);
    }
  }

  /** Answers `GET /{tenant}/v2.0/.well-known/openid-configuration`, which MSAL reads before it asks for tokens. */
  metadata(tenantName: string, origin: string): TokenReply {
    try {
      this.#requireTenant(tenantName);
      return { status: 200, body: this.#metadata(`${origin}/${this.tenant.id}`) };
    } catch (error) {
      return refusal(error, origin);
    }
  }

  #metadata(base: string): Record<string, unknown> {
    return {
      token_endpoint: `${base}/oauth2/v2.0/token`,
      token_endpoint_auth_methods_supported: ['client_secret_post', 'private_key_jwt'],
      jwks_uri: `${base}/discovery/v2.0/keys`,
      response_types_supported: ['code', 'id_token'],
      subject_types_supported: ['pairwise'],
      id_token_signing_alg_values_supported: ['RS256'],
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      end_session_endpoint: `${base}/oauth2/v2.0/logout`,
      tenant_region_scope: 'EU',
    };
  }

  async #grant(form: URLSearchParams, endpoint: string): Promise<Record<string, unknown>> {
    const grant = required(form, 'grant_type');
    const expires = {
      token_type: 'Bearer',
      expires_in: this.authority.lifetimeSeconds,
      ext_expires_in: this.authority.lifetimeSeconds,
    };
    switch (grant) {
      case 'client_credentials':
        await authenticateClient(form, this.app, this.tenant.displayName, endpoint);
        requireScope(form);
        return { ...expires, access_token: await this.authority.issueForApp(this.app) };
      case 'password': {
        requireClient(form, this.app, this.tenant.displayName);
        const tokens = await signIn(
          required(form, 'username'),
          required(form, 'password'),
          this.directory,
          this.authority,
        );
        return { ...expires, ...userTokens(tokens) };
      }
      case 'refresh_token': {
        requireClient(form, this.app, this.tenant.displayName);
        return {
          ...expires,
          ...userTokens(await refreshSession(required(form, 'refresh_token'), this.directory, this.authority)),
        };
      }
      default:
        throw new TokenError(
          400,
          'unsupported_grant_type',
          70003,
          `The app requested an unsupported grant type '${grant}'.`,
        );
    }
  }

  #requireTenant(name: string): void {
    const known = [this.tenant.id, ...this.tenant.domains.map((domain) => domain.name)];
    if (known.some((one) => one.toLowerCase() === name.toLowerCase())) return;
    if (!GUID.test(name) && !name.includes('.')) {
      throw new TokenError(
        400,
        'invalid_request',
        900023,
        `Specified tenant identifier '${name}' is neither a valid DNS name, nor a valid external domain.`,
      );
    }
    throw new TokenError(
      400,
      'invalid_request',
      90002,
      `Tenant '${name}' not found. Check to make sure you have the correct tenant ID and are signing into the correct ` +
        'cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.',
    );
  }
}

function refusal(error: unknown, origin: string): TokenReply {
  if (error instanceof TokenError) return { status: error.status, body: error.body(origin) };
  throw error;
}

function userTokens({ accessToken, refreshToken }: SignInTokens) {
  return { scope: 'User.Read', access_token: accessToken, refresh_token: refreshToken };
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value) return value;
  throw new TokenError(
    400,
    'invalid_request',
    900144,
    `The request body must contain the following parameter: '${name}'.`,
  );
}

function requireScope(form: URLSearchParams): void {
  const scopes = required(form, 'scope').split(' ').filter(Boolean);
  // MSAL adds nothing for this grant, but other clients ask for OpenID scopes along with the resource.
  const resource = scopes.find((scope) => !['openid', 'profile', 'offline_access'].includes(scope));
  if (resource === SCOPE) return;
  if (resource?.endsWith('/.default')) {
    throw new TokenError(
      400,
      'invalid_resource',
      500011,
      `The resource principal named ${resource.slice(0, -'/.default'.length)} was not found in the tenant.`,
    );
  }
  throw new TokenError(
    400,
    'invalid_scope',
    1002012,
    `The provided value for scope ${form.get('scope')} is not valid. Client credential flows must have a scope value with ` +
      '/.default suffixed to the resource identifier (application ID URI).',
  );
}
