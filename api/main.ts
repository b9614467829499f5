import { Logger } from '@nestjs/common';
import { apiEnvironment } from './api-environment.js';
import { createApi } from './create-api.js';

/** The API as a process of its own, configured by its environment. Ends cleanly on SIGINT and SIGTERM. */
async function main(): Promise<void> {
  const { options, host, port } = apiEnvironment();
  const app = await createApi(options);
  app.enableShutdownHooks(['SIGINT', 'SIGTERM']);
  await app.listen(port, host);
  new Logger('api').log(`listening on ${await app.getUrl()}`);
  process.send?.('ready');
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`The API cannot go on: ${message}`);
  process.exit(1);
});
