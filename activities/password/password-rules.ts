import type { DataSource } from 'typeorm';
import type { AnyConnector, Op } from '../../connectors/contract/connector.js';
import { DirectoryEntity, type DirectoryPasswords } from '../../persistence/entities/directory.entity.js';

/** Asks a directory what it demands of passwords and keeps the answer; see `PasswordDirectoryActivities`. */
export async function readPasswordRules(
  database: DataSource,
  connector: AnyConnector,
  name: string,
  op: Op,
): Promise<void> {
  const passwords: DirectoryPasswords =
    connector.passwordRules && connector.capabilities().passwords
      ? { settable: true, rules: await connector.passwordRules(op) }
      : { settable: false };
  await database.manager.update(DirectoryEntity, { name }, { passwords });
}
