import type { DataSource } from 'typeorm';
import { DirectoryEntity } from '../persistence/entities/directory.entity.js';
import type { ConfiguredDirectory } from './directories-file.js';

/** Makes the table of directories say what the configuration file says, without secrets. Names that left the file go. */
export async function recordDirectories(
  database: DataSource,
  directories: readonly ConfiguredDirectory[],
): Promise<void> {
  await database.transaction(async (manager) => {
    const rows = directories.map(({ name, kind, settings }, position) => ({
      name,
      kind,
      settings: settings as object,
      position,
    }));
    if (rows.length > 0) await manager.upsert(DirectoryEntity, rows, ['name']);
    await manager.query('DELETE FROM directory WHERE name <> ALL($1)', [rows.map(({ name }) => name)]);
  });
}
