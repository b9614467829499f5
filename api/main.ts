import { type INestApplication, Logger } from '@nestjs/common';
import { apiEnvironment } from './api-environment.js';
import { createApi } from './create-api.js';

/** The API as a process of its own, configured by its environment. Ends cleanly on SIGINT and SIGTERM. */
async function main(): Promise<void> {
  const { options, host, port } = apiEnvironment();
  const app = await createApi(options);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(app));
  await app.listen(port, host);
  new Logger('api').log(`listening on ${await app.getUrl()}`);
  process.send?.('ready');
}

/** Requests and what is on its way to Temporal are finished; the rest of the events stays in the database. */
async function stop(app: INestApplication): Promise<void> {
  try {
    await app.close();
    process.exit(0);
  } catch (error) {
    new Logger('api').error({ err: error }, 'did not end cleanly');
    process.exit(1);
  }
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`The API cannot go on: ${message}`);
  process.exit(1);
});
