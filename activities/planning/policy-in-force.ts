import type { EntityManager } from 'typeorm';
import { type CompiledPolicy, compilePolicy } from '../../domain/policy/compiled-policy.js';
import { parsePolicy } from '../../domain/policy/parse-policy.js';
import { policySchema } from '../../domain/policy/policy.js';
import { PolicyEntity } from '../../persistence/entities/policy.entity.js';

/** The policy with the highest version, compiled once and kept until a newer one is saved. */
export class PolicyInForce {
  private current?: { version: number; compiled: CompiledPolicy };

  /** @throws Error while no policy was ever saved, or when the saved one no longer passes its checks */
  async get(manager: EntityManager): Promise<CompiledPolicy> {
    const [newest]: { version: number | null }[] = await manager.query('SELECT max(version) AS version FROM policy');
    const version = newest?.version;
    if (!version)
      throw new PolicyProblem('There is no policy yet. Save one with PUT /api/v1/policies; planning goes on then.');
    if (this.current?.version === version) return this.current.compiled;
    const compiled = await this.compile(manager, version);
    this.current = { version, compiled };
    return compiled;
  }

  /**
   * The policy for a leave, which no policy may hold up: the newest that is valid. Where there is none, a policy that
   * knows nothing, so that the known accounts are cut. `problem`: a sentence, when it is not the newest.
   */
  async getForLeave(manager: EntityManager): Promise<{ policy: CompiledPolicy; problem?: string }> {
    const newest = await this.tried(() => this.get(manager));
    if (newest.policy) return { policy: newest.policy };
    const rows = await manager.find(PolicyEntity, { select: { version: true }, order: { version: 'DESC' } });
    for (const { version } of rows.slice(1)) {
      const { policy } = await this.tried(() => this.compile(manager, version));
      if (policy) return { policy, problem: `${newest.problem} The leave was planned with version ${version}.` };
    }
    return {
      policy: compilePolicy(policySchema.parse({ version: 1, rules: [], directories: {} })),
      problem: `${newest.problem} Only known accounts were cut off.`,
    };
  }

  private async tried(read: () => Promise<CompiledPolicy>): Promise<{ policy?: CompiledPolicy; problem?: string }> {
    try {
      return { policy: await read() };
    } catch (error) {
      if (!(error instanceof PolicyProblem)) throw error;
      return { problem: error.message };
    }
  }

  private async compile(manager: EntityManager, version: number): Promise<CompiledPolicy> {
    const { document } = await manager.findOneByOrFail(PolicyEntity, { version });
    const parsed = parsePolicy(document);
    if ('policy' in parsed) return compilePolicy(parsed.policy);
    const problems = parsed.problems.map((problem) => `line ${problem.line}: ${problem.message}`).join(' ');
    throw new PolicyProblem(`The saved policy (version ${version}) is not valid any more: ${problems}`);
  }
}

/** There is no policy to plan with. */
class PolicyProblem extends Error {}
