import { randomUUID } from 'node:crypto';

/** A refusal of the token endpoint (RFC 6749, 5.2) with Entra's AADSTS number. */
export class TokenError extends Error {
  override readonly name = 'TokenError';

  constructor(
    readonly status: 400 | 401,
    readonly error: string,
    /** The number behind `AADSTS`. */
    readonly number: number,
    message: string,
  ) {
    super(message);
  }

  /** The body that Entra sends: https://learn.microsoft.com/entra/identity-platform/reference-error-codes. */
  body(origin: string): Record<string, unknown> {
    const timestamp = new Date().toISOString().slice(0, 19).replace('T', ' ');
    const [traceId, correlationId] = [randomUUID(), randomUUID()];
    return {
      error: this.error,
      error_description:
        `AADSTS${this.number}: ${this.message} Trace ID: ${traceId} Correlation ID: ${correlationId} ` +
        `Timestamp: ${timestamp}Z`,
      error_codes: [this.number],
      timestamp: `${timestamp}Z`,
      trace_id: traceId,
      correlation_id: correlationId,
      error_uri: `${origin}/error?code=${this.number}`,
    };
  }
}
