import { randomUUID } from 'node:crypto';
import { type BatchAnswer, type BatchItem, readBatch, runBatch } from '../batch/batch.js';
import { deletedItemRoutes } from '../deleted-items/deleted-items.js';
import { deltaRoutes } from '../delta/delta.js';
import { groupMemberRoutes } from '../groups/group-members.js';
import { groupRoutes } from '../groups/groups.js';
import { parseQuery } from '../odata/query-parameters.js';
import { tenantRoutes } from '../tenant/tenant.routes.js';
import { requirePermission } from '../tokens/permissions.js';
import { readUserRoutes } from '../users/read-users.js';
import { userRelationRoutes } from '../users/user-relations.js';
import { writeUserRoutes } from '../users/write-users.js';
import type { GraphState, Route } from './graph-call.js';
import { GraphError, malformed } from './graph-error.js';
import type { GraphReply } from './graph-request.js';
import { Router } from './router.js';

const VERSION = 'v1.0';
const JSON_TYPE = 'application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8';

/** Every operation that the sandbox knows. Those before a placeholder of the same place come first. */
const ROUTES: readonly Route[] = [
  ...deltaRoutes,
  ...readUserRoutes,
  ...writeUserRoutes,
  ...userRelationRoutes,
  ...groupRoutes,
  ...groupMemberRoutes,
  ...deletedItemRoutes,
  ...tenantRoutes,
];

/** A request as it came in: the path starts with the version. */
export interface IncomingRequest {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: unknown;
  origin: string;
}

/** Decides whether a request is refused for load; called for every request and for every item of a batch. */
export type LoadCheck = (method: string, path: string) => GraphError | undefined;

/** Graph itself: what happens to a request between its token and its answer. */
export class GraphService {
  readonly #router = new Router(ROUTES);

  constructor(
    private readonly state: GraphState,
    private readonly checkLoad: LoadCheck,
  ) {}

  /** Answers one request; every refusal becomes an answer, too. */
  answer(request: IncomingRequest, roles: ReadonlySet<string>): GraphReply {
    const path = request.path.split('?')[0] ?? '';
    if (request.method === 'POST' && decodeURIComponent(path) === `/${VERSION}/$batch`)
      return this.#batch(request, roles);
    return this.#guard(request.headers, () => {
      const refusal = this.checkLoad(request.method, path);
      if (refusal) throw refusal;
      return this.#dispatch(request, roles);
    });
  }

  /** The answer to a request that does not get as far as its operation. */
  refuse(headers: Record<string, string>, error: unknown): GraphReply {
    return this.#guard(headers, () => {
      throw error;
    });
  }

  #dispatch(incoming: IncomingRequest, roles: ReadonlySet<string>): GraphReply {
    const at = incoming.path.indexOf('?');
    const path = at < 0 ? incoming.path : incoming.path.slice(0, at);
    const [version, ...segments] = path.split('/').filter(Boolean).map(decodeURIComponent);
    if (version !== VERSION) throw malformed(`Invalid version: ${version ?? ''}.`);
    const { route, params } = this.#router.match(incoming.method, segments);
    requirePermission(roles, route.anyOf);
    const query = parseQuery(at < 0 ? '' : incoming.path.slice(at + 1));
    const request = { ...incoming, segments, query };
    return route.handle({ request, params, roles, state: this.state });
  }

  #batch(request: IncomingRequest, roles: ReadonlySet<string>): GraphReply {
    return this.#guard(request.headers, () => {
      const run = (item: BatchItem) => this.#runItem(request, item, roles);
      return { status: 200, body: { responses: runBatch(readBatch(request.body), run) } };
    });
  }

  #runItem(outer: IncomingRequest, item: BatchItem, roles: ReadonlySet<string>): BatchAnswer {
    const headers = { ...item.headers, 'client-request-id': outer.headers['client-request-id'] ?? randomUUID() };
    const path = `/${VERSION}/${item.url.replace(/^\//, '')}`;
    const reply = this.answer({ method: item.method, path, headers, body: item.body, origin: outer.origin }, roles);
    const { 'request-id': _own, 'client-request-id': _callers, ...shown } = reply.headers ?? {};
    return { id: item.id, status: reply.status, headers: shown, ...(reply.body !== undefined && { body: reply.body }) };
  }

  /** Gives an answer its common headers, and a refusal its body. */
  #guard(headers: Record<string, string>, handle: () => GraphReply): GraphReply {
    const requestId = randomUUID();
    const ids = { 'request-id': requestId, 'client-request-id': headers['client-request-id'] ?? requestId };
    const reply = refusalsAsReplies(handle, ids);
    const common: Record<string, string> = { 'Cache-Control': 'no-cache', ...ids };
    if (reply.body !== undefined) Object.assign(common, { 'Content-Type': JSON_TYPE, 'OData-Version': '4.0' });
    return { ...reply, headers: { ...common, ...reply.headers } };
  }
}

type RequestIds = { 'request-id': string; 'client-request-id': string };

function refusalsAsReplies(handle: () => GraphReply, ids: RequestIds): GraphReply {
  try {
    return handle();
  } catch (error) {
    if (error instanceof GraphError) return errorReply(error, ids);
    if (error instanceof URIError) return errorReply(malformed('The request URI is not valid.'), ids);
    throw error;
  }
}

/** A refusal in the shape of https://learn.microsoft.com/graph/errors. */
function errorReply(error: GraphError, ids: RequestIds): GraphReply {
  const { details, headers, innerError } = error.extra;
  const date = new Date().toISOString().slice(0, 19);
  return {
    status: error.status,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: {
      error: {
        code: error.code,
        message: error.message,
        ...(details && { details }),
        innerError: { ...innerError, date, ...ids },
      },
    },
  };
}
