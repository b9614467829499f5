import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Faults } from '../faults/faults.js';
import type { TokenAuthority } from '../tokens/token-authority.js';
import type { TokenEndpoint, TokenReply } from '../tokens/token-endpoint.js';
import { GraphError } from './graph-error.js';
import type { GraphReply } from './graph-request.js';
import type { GraphService } from './graph-service.js';
import { parseJson, readText } from './read-body.js';
import type { RecordedExchange } from './recorded-exchange.js';

const TOKEN_PATH = /^\/([^/]+)\/oauth2\/v2\.0\/token$/;
const METADATA_PATH = /^\/([^/]+)\/v2\.0\/\.well-known\/openid-configuration$/;
const OUTAGE = new GraphError(503, 'serviceNotAvailable', 'The service is temporarily unavailable.', {
  headers: { 'Retry-After': '5' },
});
const GATEWAY_TIMEOUT = new GraphError(504, 'UnknownError', '');
const DISCOVERY_PATH = '/common/discovery/instance';

/** What stands behind the front door. */
export interface FrontDoorParts {
  faults: Faults;
  authority: TokenAuthority;
  tokens: TokenEndpoint;
  graph: GraphService;
  /** Told of every exchange with Graph. */
  record(exchange: RecordedExchange): void;
}

/** Takes HTTP requests, brings them to the token service or to Graph, and lets faults happen on the way. */
export class FrontDoor {
  constructor(private readonly parts: FrontDoorParts) {}

  /** Handles one request. */
  async handle(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { faults } = this.parts;
    if (faults.settings.outage === '503') {
      faults.counts.refusedInOutage++;
      message.resume();
      send(response, this.parts.graph.refuse(plainHeaders(message), OUTAGE));
      return;
    }
    const wait = faults.delay();
    if (wait > 0) await delay(wait);
    const path = (message.url ?? '/').split('?')[0] ?? '/';
    const origin = `https://${message.headers.host ?? 'localhost'}`;
    const identity = await this.#identity(message, path, origin);
    if (identity) send(response, identity);
    else await this.#graph(message, response, path, origin);
  }

  async #identity(message: IncomingMessage, path: string, origin: string): Promise<TokenReply | undefined> {
    const { tokens } = this.parts;
    const tokenFor = TOKEN_PATH.exec(path)?.[1];
    if (tokenFor !== undefined && message.method === 'POST') {
      return tokens.token(tokenFor, new URLSearchParams(await readText(message)), origin);
    }
    const metadataFor = METADATA_PATH.exec(path)?.[1];
    if (metadataFor !== undefined) return tokens.metadata(metadataFor, origin);
    if (path !== DISCOVERY_PATH) return undefined;
    const host = origin.slice('https://'.length);
    return {
      status: 200,
      body: {
        tenant_discovery_endpoint: `${origin}/common/v2.0/.well-known/openid-configuration`,
        'api-version': '1.1',
        metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
      },
    };
  }

  async #graph(message: IncomingMessage, response: ServerResponse, path: string, origin: string): Promise<void> {
    const { faults, record } = this.parts;
    const method = message.method ?? 'GET';
    const headers = plainHeaders(message);
    let body: unknown;
    let reply: GraphReply;
    try {
      body = parseJson(await readText(message), headers['content-type']);
      const roles = await this.parts.authority.permissionsOf(headers.authorization);
      reply = this.parts.graph.answer({ method, path: message.url ?? '/', headers, body, origin }, roles);
    } catch (error) {
      reply = this.parts.graph.refuse(headers, error);
    }
    const lost = reply.status < 400 ? faults.loseAnswer(method, path) : undefined;
    const { authorization: _token, ...shownHeaders } = headers;
    record({
      method,
      url: message.url ?? '/',
      requestHeaders: shownHeaders,
      requestBody: body,
      status: reply.status,
      responseHeaders: reply.headers ?? {},
      responseBody: reply.body,
      lost: lost !== undefined,
    });
    if (lost === 'reset') response.destroy();
    else send(response, lost === '504' ? this.parts.graph.refuse(headers, GATEWAY_TIMEOUT) : reply);
  }
}

function send(response: ServerResponse, reply: GraphReply): void {
  const { body } = reply;
  const text = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
  const headers: Record<string, string> = { 'Content-Type': 'application/json; charset=utf-8', ...reply.headers };
  if (text === '') delete headers['Content-Type'];
  else headers['Content-Length'] = String(Buffer.byteLength(text));
  response.writeHead(reply.status, headers);
  response.end(text);
}

function plainHeaders(message: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}
