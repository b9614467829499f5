import { badRequest, GraphError, malformed, unsupportedQuery } from '../http/graph-error.js';
import { context, type GraphReply, type GraphRequest } from '../http/graph-request.js';
import type { QueryParameters } from './query-parameters.js';

const DEFAULT_PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 999;

/** Where a page ended. */
export interface PagePosition {
  /** Sequence number of the last object, for lists in order of creation. */
  after?: number;
  /** How many objects were passed, for sorted lists. */
  offset?: number;
}

/** The page size a caller asked for (`$top`: 1 to 999, 100 when absent). */
export function pageSize(query: QueryParameters): number {
  if (query.top === undefined) return DEFAULT_PAGE_SIZE;
  const top = Number(query.top);
  if (!/^\d+$/.test(query.top)) {
    throw malformed(
      `Invalid value '${query.top}' for $top query option found. The $top query option requires a non-negative integer value.`,
    );
  }
  if (top < 1 || top > MAX_PAGE_SIZE) {
    throw unsupportedQuery(`Invalid page size specified: '${top}'. Must be between 1 and 999 inclusive.`);
  }
  return top;
}

/** Directory collections page by token only. */
export function refuseSkip(query: QueryParameters): void {
  if (query.skip !== undefined) throw badRequest("'$skip' is not supported by the service.");
}

/** Makes an opaque token of a state. */
export function encodeToken(state: object): string {
  return Buffer.from(JSON.stringify(state)).toString('base64url');
}

/** Reads a token made by `encodeToken`. Throws `Directory_ExpiredPageToken` for anything else. */
export function decodeToken<T extends object>(token: string): T {
  try {
    const state: unknown = JSON.parse(Buffer.from(token, 'base64url').toString());
    if (typeof state === 'object' && state !== null) return state as T;
  } catch {
    // Falls through to the refusal.
  }
  throw new GraphError(
    400,
    'Directory_ExpiredPageToken',
    'The specified page token value has expired and can no longer be included in your request.',
  );
}

/** The request's own URL with another token in place of its present one. */
export function linkWithToken(request: GraphRequest, name: 'skiptoken' | 'deltatoken', state: object): string {
  const { skiptoken: _skip, deltatoken: _delta, ...rest } = request.query;
  const options = Object.entries(rest).map(([option, value]) => `$${option}=${encodeURIComponent(value)}`);
  const query = [...options, `$${name}=${encodeToken(state)}`].join('&');
  return `${request.origin}/v1.0/${request.segments.map(encodeURIComponent).join('/')}?${query}`;
}

/** A collection answer. */
export function collection(
  request: GraphRequest,
  fragment: string,
  value: unknown[],
  links: { nextLink?: string; deltaLink?: string; count?: number } = {},
): GraphReply {
  const body: Record<string, unknown> = { '@odata.context': context(request, fragment) };
  if (links.count !== undefined) body['@odata.count'] = links.count;
  if (links.nextLink) body['@odata.nextLink'] = links.nextLink;
  if (links.deltaLink) body['@odata.deltaLink'] = links.deltaLink;
  body.value = value;
  return { status: 200, body };
}
