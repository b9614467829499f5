import { Agent, request } from 'node:https';
import type { GraphSandbox } from './graph-sandbox.js';

/** An answer as it came over the wire. */
export interface WireAnswer {
  status: number;
  headers: Record<string, string>;
  /** Parsed JSON, the text of anything else, undefined where there was nothing. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look into bodies of every shape.
  body: any;
}

/** What goes with a call besides its path. */
export interface CallOptions {
  body?: unknown;
  headers?: Record<string, string>;
  /** Instead of a token of the app; null sends none. */
  token?: string | null;
}

/** A bare caller of a sandbox, for tests and for looking around: no retries, no reading between the lines. */
export class SandboxClient {
  readonly #agent: Agent;
  #token: Promise<string> | undefined;

  constructor(
    private readonly sandbox: Pick<GraphSandbox, 'baseUrl' | 'tokenUrl' | 'ca' | 'clientId' | 'clientSecret'>,
  ) {
    this.#agent = new Agent({ ca: sandbox.ca, keepAlive: true, maxSockets: 32 });
  }

  /** Calls Graph; `path` starts after `/v1.0`, or is a whole URL as links in answers are. */
  async call(method: string, path: string, options: CallOptions = {}): Promise<WireAnswer> {
    const token = options.token === undefined ? await this.token() : options.token;
    const url = path.startsWith('https://') ? path : `${this.sandbox.baseUrl}/v1.0${path}`;
    const body = options.body === undefined ? undefined : JSON.stringify(options.body);
    return this.send(method, url, body, {
      ...(token !== null && { Authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...options.headers,
    });
  }

  /** The app's token; one is kept until `forgetToken`. */
  token(): Promise<string> {
    this.#token ??= this.grant({
      grant_type: 'client_credentials',
      client_secret: this.sandbox.clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    }).then(({ body }) => body.access_token as string);
    return this.#token;
  }

  forgetToken(): void {
    this.#token = undefined;
  }

  /** Asks the token endpoint. */
  grant(form: Record<string, string>, url = this.sandbox.tokenUrl): Promise<WireAnswer> {
    const body = new URLSearchParams({ client_id: this.sandbox.clientId, ...form }).toString();
    return this.send('POST', url, body, { 'Content-Type': 'application/x-www-form-urlencoded' });
  }

  /** Sends one request. Rejects when the connection fails or breaks. */
  send(method: string, url: string, body: string | undefined, headers: Record<string, string>): Promise<WireAnswer> {
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method, headers, agent: this.#agent }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const json = /json/.test(incoming.headers['content-type'] ?? '');
          resolve({
            status: incoming.statusCode ?? 0,
            headers: incoming.headers as Record<string, string>,
            body: text === '' ? undefined : json ? JSON.parse(text) : text,
          });
        });
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }
}
