import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { DynamicModule } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import type { Options } from 'pino-http';
import type { ApiOptions } from '../api-options.js';
import { describeError, REDACTED_PATHS, redactUrl } from './redaction.js';

/** Health checks and metrics come every few seconds and say nothing new. */
const QUIET = /^\/(health|metrics)(\/|\?|$)/;

/** JSON lines with one line per request; no headers and no bodies, which hold tokens and personal data. */
export function logModule({ log }: ApiOptions): DynamicModule {
  const options: Options = {
    name: 'api',
    level: log?.level ?? 'info',
    redact: { paths: REDACTED_PATHS, censor: '[redacted]' },
    genReqId: requestId,
    serializers: {
      req: ({ id, method, url, remoteAddress }) => ({ id, method, url: redactUrl(String(url)), remoteAddress }),
      res: ({ statusCode }) => ({ statusCode }),
      err: describeError,
    },
    wrapSerializers: true,
    autoLogging: { ignore: (request) => QUIET.test(request.url ?? '') },
    customLogLevel: (_request, response, error) => (error || response.statusCode >= 500 ? 'error' : 'info'),
  };
  return LoggerModule.forRoot({ pinoHttp: log?.destination ? [options, log.destination] : options });
}

/** The caller's own id of the request, when it is harmless, so that logs of several systems can be joined. */
function requestId(request: IncomingMessage, response: ServerResponse): string {
  const given = request.headers['x-request-id'];
  const id = typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID();
  response.setHeader('X-Request-Id', id);
  return id;
}
