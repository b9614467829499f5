import type { EntityManager } from 'typeorm';
import { type CompiledPolicy, compilePolicy } from '../../domain/policy/compiled-policy.js';
import { parsePolicy } from '../../domain/policy/parse-policy.js';
import { PolicyEntity } from '../../persistence/entities/policy.entity.js';

/** The policy with the highest version, compiled once and kept until a newer one is saved. */
export class PolicyInForce {
  private current?: { version: number; compiled: CompiledPolicy };

  /** @throws Error while no policy was ever saved, or when the saved one no longer passes its checks */
  async get(manager: EntityManager): Promise<CompiledPolicy> {
    const [newest] = await manager.find(PolicyEntity, {
      select: { version: true },
      order: { version: 'DESC' },
      take: 1,
    });
    if (!newest) throw new Error('There is no policy yet. Save one with PUT /api/v1/policies; planning goes on then.');
    if (this.current?.version === newest.version) return this.current.compiled;
    const { document } = await manager.findOneByOrFail(PolicyEntity, { version: newest.version });
    const parsed = parsePolicy(document);
    if (!('policy' in parsed)) {
      const problems = parsed.problems.map((problem) => `line ${problem.line}: ${problem.message}`).join(' ');
      throw new Error(`The saved policy (version ${newest.version}) is not valid any more: ${problems}`);
    }
    const compiled = compilePolicy(parsed.policy);
    this.current = { version: newest.version, compiled };
    return compiled;
  }
}
