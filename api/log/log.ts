import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import pino, { type Logger } from 'pino';
import { type HttpLogger, pinoHttp } from 'pino-http';
import type { ApiOptions } from '../api-options.js';
import { describeError, REDACTED_PATHS, redactUrl } from './redaction.js';

/** Health checks and metrics come every few seconds and say nothing new. */
const QUIET_PATHS = /^\/(health|metrics)(\/|\?|$)/;
/** What Nest says of its own start, a line for every module and route. */
const QUIET_CONTEXTS = new Set([
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestFactory',
  'NestApplication',
]);

/** pino's number of the level. */
const INFO = 30;

/** The log of the API: a line of JSON for everything. */
export function createLogger({ log }: ApiOptions): Logger {
  const options: pino.LoggerOptions = {
    name: 'api',
    level: log?.level ?? 'info',
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
    serializers: { err: describeError },
    hooks: {
      logMethod(args, method, level) {
        const [first] = args as [unknown];
        const { context } = (typeof first === 'object' && first !== null ? first : {}) as { context?: string };
        if (level > INFO || !context || !QUIET_CONTEXTS.has(context)) method.apply(this, args);
      },
    },
  };
  return log?.destination ? pino(options, log.destination) : pino(options);
}

/** A line for every request: no headers and no bodies, which hold tokens and personal data. */
export function requestLog(logger: Logger): HttpLogger {
  return pinoHttp({
    logger,
    genReqId: requestId,
    serializers: {
      req: ({ id, method, originalUrl, socket }) => ({
        id,
        method,
        url: redactUrl(String(originalUrl)),
        remoteAddress: socket?.remoteAddress,
      }),
      res: ({ statusCode }) => ({ statusCode }),
      err: describeError,
    },
    // Otherwise the serializers see what pino's own ones have left, headers and all.
    wrapSerializers: false,
    autoLogging: { ignore: (request) => QUIET_PATHS.test(request.url ?? '') },
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'info'),
  });
}

/** The caller's own id of the request, when it is harmless, so that logs of several systems can be joined. */
function requestId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', id);
  return id;
}
