import { Client, Connection } from '@temporalio/client';
import { Runtime } from '@temporalio/worker';
import pino from 'pino';
import { ensureKeyring } from '../contracts/keyring.js';
import { createDataConverter } from '../contracts/payload-codec.js';
import { temporalConnection } from '../contracts/temporal-connection.js';
import { createDataSource } from '../persistence/data-source.js';
import { ConnectorRegistry } from './connector-registry.js';
import { readDirectoriesFile } from './directories-file.js';
import { recordDirectories } from './directory-rows.js';
import { startPasswordRules } from './start-password-rules.js';
import { TenureWorker } from './tenure-worker.js';
import { workerEnvironment } from './worker-environment.js';

/** The worker as a process of its own, configured by its environment. Ends cleanly on SIGINT and SIGTERM. */
async function main(): Promise<void> {
  const environment = workerEnvironment();
  const log = pino({ name: 'worker', level: environment.logLevel });
  // Temporal's runtime traps the signals by itself and shuts the workers down.
  Runtime.install({ shutdownSignals: ['SIGINT', 'SIGTERM'] });

  const configured = readDirectoriesFile(environment.directoriesFile);
  const directories = new ConnectorRegistry(configured);
  const database = createDataSource(environment.databaseUrl, { poolSize: 20, applicationName: 'tenure-worker' });
  await database.initialize();
  await recordDirectories(database, configured);

  const { connectionOptions, namespace } = temporalConnection();
  const worker = await TenureWorker.create({
    temporal: connectionOptions,
    namespace,
    database,
    directories,
    keyring: ensureKeyring(environment.home),
    mail: environment.mail,
    log,
  });
  await askForPasswordRules(environment, directories.names()).catch((error: unknown) => {
    log.warn({ err: error }, 'directories could not be asked for their password rules; the last answers stay');
  });
  log.info({ directories: directories.names() }, 'worker is running');
  process.send?.('ready');
  try {
    await worker.run();
  } finally {
    await directories.close();
    await database.destroy();
  }
}

/** Only starts it: each directory answers on its own queue, once it can. */
async function askForPasswordRules({ home }: { home: string }, directories: string[]): Promise<void> {
  const { connectionOptions, namespace } = temporalConnection();
  const connection = await Connection.connect(connectionOptions);
  try {
    const dataConverter = createDataConverter(ensureKeyring(home).payload);
    await startPasswordRules(new Client({ connection, namespace, dataConverter }), directories);
  } finally {
    await connection.close();
  }
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(`The worker cannot go on: ${message}`);
  process.exit(1);
});
