import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ensureKeyring, keyringFile } from '../../contracts/keyring.js';
import { createDataSource } from '../../persistence/data-source.js';
import { runMigrations } from '../../persistence/migrate.js';

const DIRECTORIES = `# The directories that Tenure works on; docs/connect-a-directory.md explains every setting.
# Secrets stand here by reference only: { env: NAME } or { file: path relative to this file }.
directories: []
#  - name: corp-ad
#    kind: active-directory
#    settings:
#      urls: [ldaps://dc1.corp.example]
#      bindDn: CN=tenure,OU=Service Accounts,DC=corp,DC=example
#      baseDn: DC=corp,DC=example
#      container: OU=Staff,DC=corp,DC=example
#    secrets:
#      password: { env: CORP_AD_PASSWORD }
`;

const POLICY = `# Who gets what. docs/policies.md explains it; save a new version with PUT /api/v1/policies.
version: 1
rules: []
directories: {}
`;

/**
 * Makes the keys of a new state folder. One that is in use already never gets other keys: what its histories hold could
 * not be read any more, and nobody would know why.
 * @throws Error with one sentence: the keys are missing, broken, or readable by others
 */
export function prepareKeys(home: string): void {
  const file = keyringFile(home);
  if (existsSync(join(home, 'temporal.db')) && !existsSync(file)) {
    const cure = 'Bring it back from the backup, or set TENURE_HOME to an empty folder to begin anew.';
    throw new Error(`The keys of ${home} are gone: there is no ${file}. ${cure}`);
  }
  ensureKeyring(home);
}

/** The file of directories, with an example in comments when there is none yet. */
export function directoriesFile(home: string): string {
  const file = join(home, 'directories.yaml');
  if (!existsSync(file)) writeFileSync(file, DIRECTORIES, { mode: 0o600 });
  return file;
}

/**
 * Brings the tables up to date, and saves a first policy when there is none: an empty one, or the given text.
 * @returns the names of the migrations that ran
 */
export async function prepareDatabase(databaseUrl: string, firstPolicy = POLICY): Promise<string[]> {
  const migrations = await runMigrations(databaseUrl);
  const database = createDataSource(databaseUrl, { poolSize: 1, applicationName: 'tenure-start' });
  await database.initialize();
  try {
    await database.query(
      "INSERT INTO policy (document, actor) SELECT $1, 'first start' WHERE NOT EXISTS (SELECT 1 FROM policy)",
      [firstPolicy],
    );
  } finally {
    await database.destroy();
  }
  return migrations;
}
