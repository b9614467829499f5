import { createDataSource } from './data-source.js';

/** Any number that nobody else locks with; the same in every replica. */
const MIGRATION_LOCK = 7_384_210_563;

/**
 * Brings the database's tables up to date and returns the names of the migrations that ran. Several processes may call
 * it at once: one works, the others wait for it and find nothing left to do.
 * @throws Error from PostgreSQL: not reachable, or the user may not create tables
 */
export async function runMigrations(databaseUrl: string): Promise<string[]> {
  const dataSource = createDataSource(databaseUrl, { poolSize: 2, applicationName: 'tenure-migrations' });
  await dataSource.initialize();
  try {
    // The lock belongs to a session, so it has a connection of its own; it ends with it whatever happens.
    const lock = dataSource.createQueryRunner();
    await lock.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      const ran = await dataSource.runMigrations({ transaction: 'each' });
      return ran.map((migration) => migration.name);
    } finally {
      await lock.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
      await lock.release();
    }
  } finally {
    await dataSource.destroy();
  }
}
