import type { IncomingMessage } from 'node:http';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import helmet from 'helmet';
import { Logger } from 'nestjs-pino';
import { version } from '../package.json';
import { ApiModule } from './api.module.js';
import type { ApiOptions } from './api-options.js';
import { Authenticator } from './auth/authenticator.js';
import { codecCors } from './codec/codec-cors.js';
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
  const app = await NestFactory.create<NestExpressApplication>(ApiModule.with(options), {
    bodyParser: false,
    bufferLogs: true,
    abortOnError: false,
  });
  app.useLogger(app.get(Logger));
  app.disable('x-powered-by');
  app.enableCors(codecCors(options.temporalUiUrl));
  app.use(helmet(headers(options)));
  parseBodies(app);
  serveApiDocument(app, version);
  return app;
}

/** Bodies are read only of whoever may send one, so that strangers cannot make us parse megabytes. */
function parseBodies(app: NestExpressApplication): void {
  const authenticator = app.get(Authenticator);
  const mayParse = (request: IncomingMessage, types: RegExp): boolean =>
    types.test(request.headers['content-type'] ?? '') &&
    (authenticator.byBearer(request) ?? authenticator.bySession(request)) !== undefined;
  app.useBodyParser('json', { limit: BODY_LIMIT, type: (request) => mayParse(request, /^application\/json\b/i) });
  app.useBodyParser('text', { limit: BODY_LIMIT, type: (request) => mayParse(request, TEXT_TYPES) });
  app.useBodyParser('urlencoded', { limit: FORM_LIMIT, extended: false });
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
