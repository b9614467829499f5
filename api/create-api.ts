import type { IncomingMessage } from 'node:http';
import type { DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import type { NextFunction, Request, Response } from 'express';
import helmet from 'helmet';
import { Logger } from 'nestjs-pino';
import { version } from '../package.json';
import { ApiModule } from './api.module.js';
import type { ApiOptions } from './api-options.js';
import { Authenticator } from './auth/authenticator.js';
import { codecCors } from './codec/codec-cors.js';
import { isDatabaseAway } from './database/database-away.js';
import { createLogger, requestLog } from './log/log.js';
import { serveApiDocument } from './openapi/api-document.js';

/** Largest body of JSON or YAML. */
const BODY_LIMIT = '10mb';
/** Largest form: a token or a password and a little more. */
const FORM_LIMIT = '32kb';

const TEXT_TYPES = /^(application\/(json|x-yaml|yaml)|text\/(yaml|plain))\b/i;

/**
 * Makes the API, ready to `listen`. `close()` ends it: requests and what is on its way to Temporal are finished first.
 * @throws Error when the database cannot be reached for ten seconds
 */
export async function createApi(options: ApiOptions): Promise<NestExpressApplication> {
  const logger = createLogger(options);
  const app = await assemble(ApiModule.with(options, logger));
  app.useLogger(app.get(Logger));
  // First of all, so that what fails before a route has an id and a line too.
  app.use(requestLog(logger));
  app.disable('x-powered-by');
  app.disable('etag');
  app.enableCors(codecCors(options.temporalUiUrl));
  app.use(helmet(headers(options)));
  app.use(noStore);
  parseBodies(app);
  serveApiDocument(app, version);
  return app;
}

async function assemble(module: DynamicModule): Promise<NestExpressApplication> {
  try {
    const settings = { bodyParser: false, bufferLogs: true, abortOnError: false };
    return await NestFactory.create<NestExpressApplication>(module, settings);
  } catch (error) {
    if (!isDatabaseAway(error)) throw error;
    const { message } = error as Error;
    throw new Error(`The database does not answer (${message}): start it, or correct DATABASE_URL.`, { cause: error });
  }
}

/** Bodies are read only of whoever may send one, so that strangers cannot make us parse megabytes. */
function parseBodies(app: NestExpressApplication): void {
  const authenticator = app.get(Authenticator);
  const mayParse = (request: IncomingMessage, types: RegExp): boolean =>
    types.test(request.headers['content-type'] ?? '') &&
    (authenticator.byBearer(request) ?? authenticator.bySession(request)) !== undefined;
  app.useBodyParser('json', {
    limit: BODY_LIMIT,
    strict: false,
    type: (request) => mayParse(request, /^application\/json\b/i),
  });
  app.useBodyParser('text', { limit: BODY_LIMIT, type: (request) => mayParse(request, TEXT_TYPES) });
  app.useBodyParser('urlencoded', { limit: FORM_LIMIT, extended: false });
}

/** Answers are about people: no cache keeps them. The files of the API's description may be kept. */
function noStore(request: Request, response: Response, next: NextFunction): void {
  if (!request.path.startsWith('/api/v1/docs')) response.setHeader('Cache-Control', 'no-store');
  next();
}

function headers({ publicUrl }: ApiOptions): Parameters<typeof helmet>[0] {
  const overTls = publicUrl.startsWith('https:');
  return {
    contentSecurityPolicy: {
      directives: {
        'frame-ancestors': ["'none'"],
        // Otherwise browsers would look for our scripts and styles over TLS where there is none.
        'upgrade-insecure-requests': overTls ? [] : null,
      },
    },
    strictTransportSecurity: overTls,
    referrerPolicy: { policy: 'no-referrer' },
  };
}
