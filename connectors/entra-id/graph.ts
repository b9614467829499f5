import { createHash } from 'node:crypto';
import {
  AuthenticationHandler,
  AuthenticationHandlerOptions,
  type AuthenticationProvider,
  Client,
  type Context,
  GraphClientError,
  GraphError,
  type Middleware,
  TelemetryHandler,
} from '@microsoft/microsoft-graph-client';
import type { Op } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import { batchFailure, type Doing, toConnectorError } from './errors.js';
import type { EntraIdSettings } from './settings.js';
import type { Tokens } from './tokens.js';
import type { Transport } from './transport.js';

/** One request. `what` and `permission` are for the sentences of its errors. */
export interface GraphCall extends Doing {
  method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  /** Below `/v1.0`, its parts encoded by `segment`. */
  path: string;
  select?: readonly string[];
  /** OData, values quoted by `quoted`; not yet URL-encoded. */
  filter?: string;
  expand?: string;
  top?: number;
  /** Asks the index, which supports more filters and lags behind (https://learn.microsoft.com/graph/aad-advanced-queries). */
  advanced?: boolean;
  body?: unknown;
}

/** What a `$batch` brought for one of its requests. */
export type BatchOutcome = { ok: true; body: unknown } | { ok: false; error: ConnectorError };

/** One path segment that came from outside. */
export function segment(value: string): string {
  return encodeURIComponent(value);
}

/** A string literal of OData (OData URL conventions, 5.1.1.14.1: an apostrophe is doubled). */
export function quoted(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}

/** Speaks to Graph v1.0: token, tracing id, one renewal after 401, errors in the closed set. Never repeats a write. */
export class Graph {
  private readonly client: Client;

  constructor(
    private readonly settings: EntraIdSettings,
    private readonly tokens: Tokens,
    transport: Transport,
  ) {
    const graphHost = new URL(settings.graphUrl).hostname;
    this.client = Client.initWithMiddleware({
      // No RetryHandler: the client's own would send a POST again after 504. Redirects are not followed either.
      middleware: [new AuthenticationHandler(NO_TOKEN), new TelemetryHandler(), new Last(transport)],
      baseUrl: settings.graphUrl,
      defaultVersion: 'v1.0',
      customHosts: new Set([graphHost, ...settings.customHosts]),
    });
  }

  /** The parsed body; undefined for 202 and 204. */
  async call<T>(op: Op, call: GraphCall): Promise<T> {
    return this.withToken(op, call, (token) => this.send<T>(op, call, token));
  }

  /** Every item of every page. A page that fails fails the whole. */
  async all<T>(op: Op, call: GraphCall): Promise<T[]> {
    interface Page {
      value: T[];
      '@odata.nextLink'?: string;
    }
    const items: T[] = [];
    let page = await this.call<Page>(op, call);
    for (;;) {
      items.push(...page.value);
      const next = page['@odata.nextLink'];
      if (next === undefined) return items;
      page = await this.call<Page>(op, { ...call, path: next, select: undefined, filter: undefined, top: undefined });
    }
  }

  /**
   * Up to 20 requests in one round trip (https://learn.microsoft.com/graph/json-batching). Each has its own outcome;
   * one that was throttled was not carried out.
   */
  async batch(op: Op, calls: GraphCall[]): Promise<BatchOutcome[]> {
    const whole: GraphCall = {
      method: 'POST',
      path: '/$batch',
      what: calls[0]?.what ?? 'read',
      permission: calls[0]?.permission ?? '',
      body: {
        requests: calls.map((call, index) => ({
          id: String(index + 1),
          method: call.method,
          url: `${call.path}${query(call)}`,
          headers: { ...(call.advanced ? ADVANCED : {}), ...(call.body ? { 'Content-Type': 'application/json' } : {}) },
          ...(call.body === undefined ? {} : { body: call.body }),
        })),
      },
    };
    interface Answer {
      id: string;
      status: number;
      headers?: Record<string, string>;
      body?: unknown;
    }
    const { responses } = await this.call<{ responses: Answer[] }>(op, whole);
    return calls.map((call, index) => {
      const answer = responses.find((one) => one.id === String(index + 1));
      if (!answer) {
        return {
          ok: false,
          error: new ConnectorError('transient', `Could not ${call.what}: Graph left it out of its answer.`),
        };
      }
      if (answer.status < 300) return { ok: true, body: answer.body };
      const retryAfter = Object.entries(answer.headers ?? {}).find(
        ([name]) => name.toLowerCase() === 'retry-after',
      )?.[1];
      return { ok: false, error: batchFailure(answer.status, answer.body, retryAfter, call) };
    });
  }

  /** The address of an object in a reference (`@odata.id`). */
  reference(collection: 'users' | 'directoryObjects', id: string): { '@odata.id': string } {
    return { '@odata.id': `${this.settings.graphUrl}/v1.0/${collection}/${segment(id)}` };
  }

  private async withToken<T>(op: Op, doing: Doing, send: (token: string) => Promise<T>): Promise<T> {
    if (op.signal.aborted) throw new ConnectorError('transient', `Stopped before it could ${doing.what}.`);
    const token = await this.tokens.get();
    try {
      return await send(token);
    } catch (error) {
      if (!(error instanceof GraphError) || error.statusCode !== 401) throw toConnectorError(error, doing);
    }
    // A token can be refused before its time: revoked, or signed by a key that was rolled. Once, with a new one.
    const another = await this.tokens.renew(token);
    try {
      return await send(another);
    } catch (error) {
      throw toConnectorError(error, doing);
    }
  }

  private async send<T>(op: Op, call: GraphCall, token: string): Promise<T> {
    const started = Date.now();
    const request = this.client
      .api(call.path.startsWith('https:') ? call.path : `${call.path}${query(call)}`)
      .middlewareOptions([new AuthenticationHandlerOptions({ getAccessToken: async () => token })])
      .headers({ 'client-request-id': tracingId(op.id), ...(call.advanced ? ADVANCED : {}) })
      .options({ signal: op.signal });
    const fields = { method: call.method, path: call.path.split('?')[0], clientRequestId: tracingId(op.id) };
    try {
      const answer = await SENDERS[call.method](request, call.body);
      op.log.debug({ ...fields, durationMs: Date.now() - started }, 'Graph answered');
      return answer as T;
    } catch (error) {
      const { statusCode, code, requestId } = error as Partial<GraphError>;
      op.log.debug(
        { ...fields, durationMs: Date.now() - started, status: statusCode, code, requestId },
        'Graph refused',
      );
      throw error;
    }
  }
}

type Request = ReturnType<Client['api']>;
const SENDERS: Record<GraphCall['method'], (request: Request, body: unknown) => Promise<unknown>> = {
  GET: (request) => request.get(),
  POST: (request, body) => request.post(body),
  PATCH: (request, body) => request.patch(body),
  PUT: (request, body) => request.put(body),
  DELETE: (request) => request.delete(),
};

const ADVANCED = { ConsistencyLevel: 'eventual' };

function query(call: GraphCall): string {
  const options = [
    call.select && `$select=${call.select.join(',')}`,
    call.filter && `$filter=${encodeURIComponent(call.filter)}`,
    call.expand && `$expand=${call.expand}`,
    call.top && `$top=${call.top}`,
    call.advanced && '$count=true',
  ].filter(Boolean);
  return options.length > 0 ? `?${options.join('&')}` : '';
}

/** The same UUID (version 8) for every request of an operation, so that Microsoft's logs can be searched by it. */
export function tracingId(operationId: string): string {
  const hex = createHash('sha256').update(operationId).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Every request brings its own token, so that a refusal to sign in stays the error that it is. */
const NO_TOKEN: AuthenticationProvider = {
  getAccessToken: () => Promise.reject(new Error('A request was sent without its token.')),
};

/** The end of the client's chain: our transport in place of `fetch`. */
class Last implements Middleware {
  constructor(private readonly transport: Transport) {}

  async execute(context: Context): Promise<void> {
    const { method = 'GET', headers, body, signal } = (context.options ?? {}) as RequestInit;
    try {
      context.response = await this.transport.send(String(context.request), {
        method,
        headers: Object.fromEntries(new Headers(headers)),
        body: typeof body === 'string' ? body : undefined,
        signal: signal ?? undefined,
      });
    } catch (error) {
      // The client keeps errors of its own class as they are and takes others apart.
      const kept = new GraphClientError((error as Error).message);
      kept.customError = error;
      throw kept;
    }
  }
}
