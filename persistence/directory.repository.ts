import type { DataSource } from 'typeorm';
import { DirectoryEntity } from './entities/directory.entity.js';

/** Reads the connected systems. */
export class DirectoryRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** All of them, in the order of the configuration file. */
  async all(): Promise<DirectoryEntity[]> {
    return await this.dataSource.getRepository(DirectoryEntity).find({ order: { position: 'ASC', name: 'ASC' } });
  }
}
