import { Connection } from '@temporalio/client';
import { temporalConnection } from '../../contracts/temporal-connection.js';
import { prepareNamespace } from '../temporal-namespace.js';

/**
 * Makes the Temporal that the TEMPORAL_… variables name ready for Tenure.
 * @returns what it made, in words; empty when all was there
 * @throws Error with one sentence: it does not answer, something is missing that Tenure may not make
 */
export async function prepareTemporal(env: NodeJS.ProcessEnv = process.env): Promise<string[]> {
  const { connectionOptions, namespace } = temporalConnection(env);
  const connection = await Connection.connect(connectionOptions).catch((error: Error) => {
    const where = connectionOptions.address ?? 'its default address';
    throw new Error(`Temporal at ${where} does not answer (${error.message}). Start it, or correct TEMPORAL_ADDRESS.`);
  });
  try {
    return await prepareNamespace(connection, namespace);
  } finally {
    await connection.close();
  }
}
