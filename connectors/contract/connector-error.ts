/**
 * The closed set of what can go wrong with a directory. `transient` and `throttled` pass by themselves; `unauthorized`
 * (our credentials are refused) and `forbidden` (they lack a right) need an operator; `not-found`, `conflict` and
 * `invalid` are about this one operation; `misconfigured` is about the directory's settings.
 */
export const CONNECTOR_ERROR_CATEGORIES = [
  'transient',
  'throttled',
  'unauthorized',
  'forbidden',
  'not-found',
  'conflict',
  'invalid',
  'misconfigured',
] as const;
export type ConnectorErrorCategory = (typeof CONNECTOR_ERROR_CATEGORIES)[number];

/** The only error that a connector lets out. Its message is for people and carries no secret. */
export class ConnectorError extends Error {
  override readonly name = 'ConnectorError';

  constructor(
    readonly category: ConnectorErrorCategory,
    /** What was wrong and, where known, what to do: a sentence. */
    message: string,
    readonly details: {
      /** How long the directory asked to wait, in milliseconds. */
      retryAfterMs?: number;
      /** The directory's own code: an LDAP result code, a Graph error code. */
      code?: string;
      cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
  }
}
