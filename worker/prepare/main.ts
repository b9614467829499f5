import { resolve } from 'node:path';
import { z } from 'zod';
import { ensureKeyring } from '../../contracts/keyring.js';
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
  const keyring = ensureKeyring(resolve(TENURE_HOME));
  if (TENURE_PUBLIC_KEYS_FILE) writePublicKeys(TENURE_PUBLIC_KEYS_FILE, keyring);
  console.log('Keys are there.');
  const migrations = await prepareDatabase(DATABASE_URL);
  console.log(`Tables are up to date${migrations.length > 0 ? `; made: ${migrations.join(', ')}` : ''}.`);
  const made = await prepareTemporal();
  console.log(`Temporal is ready${made.length > 0 ? `; made: ${made.join(', ')}` : ''}.`);
}

main().catch((error: Error) => {
  console.error(`Tenure cannot be prepared: ${error.message}`);
  process.exitCode = 1;
});
