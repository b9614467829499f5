/** Names of query parameters whose values never reach the log: `/activate?token=…`. */
const SECRET_PARAMETERS = /([?&](?:token|code|password|secret|key|signature|state)=)[^&#]*/gi;

/** A URL for the log, without the secrets that may stand in it. */
export function redactUrl(url: string): string {
  return url.replace(SECRET_PARAMETERS, '$1[redacted]');
}

/** Where pino must never look, whoever logs an object with such a member. */
export const REDACTED_PATHS = [
  'authorization',
  'cookie',
  'set-cookie',
  'password',
  'token',
  'secret',
  'adminToken',
].flatMap((name) => {
  const key = name.includes('-') ? `["${name}"]` : name;
  const below = name.includes('-') ? key : `.${key}`;
  return [key, `*${below}`, `*.headers${below}`, `*.body${below}`];
});

/** An error for the log: what it says and where, without members such as the parameters of a failed query. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: redactUrl(String(error)) };
  const { code } = error as { code?: unknown };
  return {
    type: error.constructor.name,
    message: redactUrl(error.message),
    ...(typeof code === 'string' || typeof code === 'number' ? { code } : {}),
    stack: error.stack === undefined ? undefined : redactUrl(error.stack),
    ...(error.cause === undefined ? {} : { cause: describeError(error.cause) }),
  };
}
