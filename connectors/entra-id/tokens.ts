import { ConfidentialClientApplication, type INetworkModule, type NetworkResponse } from '@azure/msal-node';
import { ConnectorError } from '../contract/connector-error.js';
import { type SignInAnswer, signInFailure, transportFailure } from './errors.js';
import type { AppCredential, EntraIdSettings } from './settings.js';
import { type Transport, TransportError } from './transport.js';

/** Graph's hosts whose address is also what a token for them is asked for (https://learn.microsoft.com/graph/deployments). */
const GRAPH_HOSTS = new Set([
  'graph.microsoft.com',
  'graph.microsoft.us',
  'dod-graph.microsoft.us',
  'microsoftgraph.chinacloudapi.cn',
]);

/** The sign-in hosts that msal knows by itself. */
const AUTHORITY_HOSTS = new Set([
  'login.microsoftonline.com',
  'login.microsoftonline.us',
  'login.partner.microsoftonline.cn',
  'login.chinacloudapi.cn',
]);

/** Tokens are renewed this long before they expire, as msal does it. */
const RENEWED_EARLY_MS = 300_000;

/** Access tokens of the app itself (OAuth 2.0 client credentials), kept by msal until shortly before they expire. */
export class Tokens {
  private app: ConfidentialClientApplication;
  private asking: Promise<string> | undefined;
  private renewing: Promise<string> | undefined;
  private current: string | undefined;
  /** Until when (milliseconds since 1970) the current token is given out without asking msal, which is not cheap. */
  private goodUntil = 0;
  /** What the sign-in service last answered; msal tells little of it. */
  private answer: SignInAnswer | undefined;
  private failure: unknown;

  constructor(
    private readonly settings: EntraIdSettings,
    private readonly credential: AppCredential,
    private readonly transport: Transport,
  ) {
    this.app = this.createApp();
  }

  /**
   * A token that has some minutes to live.
   * @throws ConnectorError that says why there is none
   */
  async get(): Promise<string> {
    if (this.current !== undefined && Date.now() < this.goodUntil) return this.current;
    // Many operations start at once; they share one request.
    this.asking ??= (this.renewing ?? this.request(false)).finally(() => {
      this.asking = undefined;
    });
    return this.asking;
  }

  /** Another token than the one that Graph has just refused. */
  renew(refused: string): Promise<string> {
    if (this.current !== undefined && this.current !== refused) return this.get();
    this.renewing ??= this.request(true).finally(() => {
      this.renewing = undefined;
    });
    return this.renewing;
  }

  private async request(fresh: boolean): Promise<string> {
    this.answer = undefined;
    this.failure = undefined;
    try {
      const result = await this.app.acquireTokenByClientCredential({ scopes: [this.scope()], skipCache: fresh });
      if (!result?.accessToken) throw new Error('The sign-in service sent no token.');
      this.current = result.accessToken;
      this.goodUntil = Math.min(Number(result.expiresOn ?? 0) - RENEWED_EARLY_MS, Number(result.refreshOn ?? Infinity));
      return result.accessToken;
    } catch (error) {
      // msal would not ask again for a minute after 429 and 5xx; how long to wait is the caller's to decide.
      this.app = this.createApp();
      if (this.failure instanceof TransportError) throw transportFailure(this.failure, 'sign in to Entra ID');
      throw error instanceof ConnectorError ? error : signInFailure(error, this.answer);
    }
  }

  private scope(): string {
    const { origin, hostname } = new URL(this.settings.graphUrl);
    return this.settings.scope ?? `${GRAPH_HOSTS.has(hostname) ? origin : 'https://graph.microsoft.com'}/.default`;
  }

  private createApp(): ConfidentialClientApplication {
    const { tenantId, clientId, authorityUrl } = this.settings;
    const authority = `${authorityUrl}/${tenantId}`;
    const { host, hostname } = new URL(authorityUrl);
    return new ConfidentialClientApplication({
      auth: {
        clientId,
        authority,
        ...credentialOf(this.credential),
        // A host that msal does not know is trusted because the administrator named it, and its endpoints are where
        // every Entra ID has them (https://learn.microsoft.com/entra/identity-platform/v2-protocols#endpoints).
        ...(AUTHORITY_HOSTS.has(hostname)
          ? {}
          : {
              knownAuthorities: [host],
              authorityMetadata: JSON.stringify({
                issuer: `${authority}/v2.0`,
                authorization_endpoint: `${authority}/oauth2/v2.0/authorize`,
                token_endpoint: `${authority}/oauth2/v2.0/token`,
                jwks_uri: `${authority}/discovery/v2.0/keys`,
              }),
            }),
      },
      system: { networkClient: this.networkClient() },
    });
  }

  /** Lets msal speak over our connections, and keeps what it would not pass on: status, Retry-After, socket errors. */
  private networkClient(): INetworkModule {
    const exchange = async <T>(
      method: string,
      url: string,
      options?: { headers?: Record<string, string>; body?: string },
    ): Promise<NetworkResponse<T>> => {
      try {
        const response = await this.transport.send(url, {
          method,
          headers: { ...options?.headers },
          body: options?.body,
        });
        const text = await response.text();
        this.answer = { status: response.status, retryAfter: response.headers.get('retry-after') ?? undefined };
        const body = parse(text);
        this.answer.description = (body as { error_description?: string }).error_description;
        return { status: response.status, headers: Object.fromEntries(response.headers), body: body as T };
      } catch (error) {
        this.failure = error;
        throw error;
      }
    };
    return {
      sendGetRequestAsync: (url, options) => exchange('GET', url, options),
      sendPostRequestAsync: (url, options) => exchange('POST', url, options),
    };
  }
}

/** The body of an answer; what is no JSON (a gateway's HTML page) becomes an error in OAuth's form (RFC 6749, 5.2). */
function parse(text: string): object {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body;
  } catch {
    // falls through to the error
  }
  return {
    error: 'temporarily_unavailable',
    error_description: 'The sign-in service answered with something else than JSON.',
  };
}

function credentialOf(credential: AppCredential) {
  if (credential.kind === 'secret') return { clientSecret: credential.clientSecret };
  const thumbprintSha256 = credential.certificate.fingerprint256.replaceAll(':', '');
  return {
    clientCertificate: { thumbprintSha256, privateKey: credential.privateKeyPem, x5c: credential.certificatePem },
  };
}

/** The claims of a token, unverified; only Graph may decide by them. Undefined where the token is not a JWT. */
export function claimsOf(token: string): { roles?: string[]; tid?: string; appid?: string } | undefined {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
