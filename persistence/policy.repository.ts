import type { DataSource } from 'typeorm';
import { PolicyEntity } from './entities/policy.entity.js';

/** Keeps the policies, version after version. */
export class PolicyRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The version in force; null before the first one was saved. */
  async current(): Promise<PolicyEntity | null> {
    const [policy] = await this.dataSource.getRepository(PolicyEntity).find({ order: { version: 'DESC' }, take: 1 });
    return policy ?? null;
  }

  /**
   * Saves a new version. With `expected`, only when that is the version in force (0: none yet); otherwise nothing is
   * saved and the answer is undefined.
   */
  async save(document: string, actor: string, expected?: number): Promise<PolicyEntity | undefined> {
    return await this.dataSource.transaction(async (manager) => {
      // Two who save at the same time come one after the other; readers are not held up.
      await manager.query('LOCK TABLE policy IN SHARE ROW EXCLUSIVE MODE');
      const policies = manager.getRepository(PolicyEntity);
      const current = (await policies.maximum('version', {})) ?? 0;
      if (expected !== undefined && expected !== current) return undefined;
      return await policies.save(policies.create({ document, actor }));
    });
  }
}
