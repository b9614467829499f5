import { DataSource } from 'typeorm';
import { ENTITIES } from './entities/index.js';
import { MIGRATIONS } from './migrations/index.js';
import { SnakeCaseStrategy } from './snake-case.strategy.js';

/** How a process uses the database. */
export interface DataSourceSettings {
  /** Connections at most. Default 10. */
  poolSize?: number;
  /** The name that `pg_stat_activity` shows. Default `tenure`. */
  applicationName?: string;
}

/**
 * The database of a process, not connected yet (`initialize()`, and `destroy()` at the end). It changes no table:
 * migrations do, see `runMigrations`.
 */
export function createDataSource(databaseUrl: string, settings: DataSourceSettings = {}): DataSource {
  return new DataSource({
    type: 'postgres',
    url: databaseUrl,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'migration',
    namingStrategy: new SnakeCaseStrategy(),
    synchronize: false,
    migrationsRun: false,
    // `findOneBy({ id: undefined })` would otherwise be the first row of the table: a stranger.
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    // gen_random_uuid() is part of PostgreSQL itself since 13: no extension, no right to create one.
    uuidExtension: 'pgcrypto',
    installExtensions: false,
    poolSize: settings.poolSize ?? 10,
    applicationName: settings.applicationName ?? 'tenure',
    connectTimeoutMS: 10_000,
    parseInt8: false,
    logging: false,
  });
}
