import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { ensureKeyring, keyringFile } from '../../contracts/keyring.js';
import { createDataSource } from '../../persistence/data-source.js';
import { prepareDatabase } from '../service/first-start.js';
import { prepareTemporal } from './prepare-temporal.js';
import { writePublicKeys } from './public-keys-file.js';

const schema = z.object({
  DATABASE_URL: z.string({ error: 'is missing: set it to postgres://user:password@host:5432/database' }).min(1),
  TENURE_HOME: z.string().default('./.tenure'),
  TENURE_PUBLIC_KEYS_FILE: z.string().optional(),
});

/**
 * What has to be done once before API and worker of a version start, where nothing is embedded: keys, tables, a first
 * policy, namespace and search attributes. A job of its own; done again it changes nothing.
 */
async function main(): Promise<void> {
  const given = Object.fromEntries(Object.entries(process.env).filter(([, value]) => value !== ''));
  const parsed = schema.safeParse(given);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('; '));
  }
  const { DATABASE_URL, TENURE_HOME, TENURE_PUBLIC_KEYS_FILE } = parsed.data;
  const migrations = await prepareDatabase(DATABASE_URL);
  console.log(`Tables are up to date${migrations.length > 0 ? `; made: ${migrations.join(', ')}` : ''}.`);
  const home = resolve(TENURE_HOME);
  if (!existsSync(keyringFile(home)) && (await isInUse(DATABASE_URL))) {
    throw new Error(`The database is in use, and its keys are gone: put ${keyringFile(home)} back from your backup.`);
  }
  const keyring = ensureKeyring(home);
  if (TENURE_PUBLIC_KEYS_FILE) writePublicKeys(TENURE_PUBLIC_KEYS_FILE, keyring);
  console.log('Keys are there.');
  const made = await prepareTemporal();
  console.log(`Temporal is ready${made.length > 0 ? `; made: ${made.join(', ')}` : ''}.`);
}

/** Whether there are events, so that histories and passwords may be encrypted with keys of before. */
async function isInUse(databaseUrl: string): Promise<boolean> {
  const database = createDataSource(databaseUrl, { poolSize: 1, applicationName: 'tenure-prepare' });
  await database.initialize();
  try {
    const [row] = await database.query('SELECT EXISTS (SELECT FROM lifecycle_event) AS used');
    return row.used;
  } finally {
    await database.destroy();
  }
}

main().catch((error: Error) => {
  console.error(`Tenure cannot be prepared: ${error.message}`);
  process.exitCode = 1;
});
