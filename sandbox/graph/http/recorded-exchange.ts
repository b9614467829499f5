/** A request to Graph and the answer to it, as they went over the wire. Tokens are left out. */
export interface RecordedExchange {
  method: string;
  /** Path and query, from `/v1.0`. */
  url: string;
  requestHeaders: Record<string, string>;
  /** The parsed body; undefined where there was none. */
  requestBody: unknown;
  status: number;
  responseHeaders: Record<string, string>;
  responseBody: unknown;
  /** The work was done, but the answer did not reach the caller as it is here. */
  lost: boolean;
}
