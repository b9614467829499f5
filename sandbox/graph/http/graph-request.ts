import type { QueryParameters } from '../odata/query-parameters.js';

/** One request to Graph: a request of its own, or an item of a `$batch`. */
export interface GraphRequest {
  method: string;
  /** Decoded path segments after `/v1.0`. */
  segments: string[];
  query: QueryParameters;
  /** Lower-case names. */
  headers: Record<string, string>;
  /** The parsed JSON body; undefined where there was none. */
  body: unknown;
  /** Scheme, host and port the client used, for the links in answers. */
  origin: string;
}

/** Graph's answer, before the headers that every answer has. */
export interface GraphReply {
  status: number;
  headers?: Record<string, string>;
  /** Sent as JSON; a string is sent as plain text (`$count`). */
  body?: unknown;
}

/** The answer of writes that have nothing to say. */
export const NO_CONTENT: GraphReply = { status: 204 };

/** The caller asked for the eventually consistent index with `ConsistencyLevel: eventual`. */
export function isEventual(request: GraphRequest): boolean {
  return request.headers.consistencylevel?.toLowerCase() === 'eventual';
}

/** The URL of the metadata that `@odata.context` points into. */
export function context(request: GraphRequest, fragment: string): string {
  return `${request.origin}/v1.0/$metadata#${fragment}`;
}
