import { Injectable } from '@nestjs/common';
import { parsePolicy } from '../../domain/policy/parse-policy.js';
import { DirectoryRepository } from '../../persistence/directory.repository.js';
import type { PolicyEntity } from '../../persistence/entities/policy.entity.js';
import { PolicyRepository } from '../../persistence/policy.repository.js';
import { ProblemException } from '../problems/problem.exception.js';

/** The birthright policies and the attribute mappings: one document, version after version. */
@Injectable()
export class PoliciesService {
  constructor(
    private readonly policies: PolicyRepository,
    private readonly directories: DirectoryRepository,
  ) {}

  /** The version in force. */
  async current(): Promise<PolicyEntity> {
    const policy = await this.policies.current();
    if (policy) return policy;
    throw new ProblemException(
      404,
      'not-found',
      'No policy has been saved yet. PUT one here; docs/policies.md tells how.',
    );
  }

  /**
   * Checks a document and puts it into force. `expected`: only if that version is in force (0: none is). A document with
   * mistakes is refused with the line and column of each.
   */
  async save(document: string, actor: string, expected?: number): Promise<PolicyEntity> {
    const known = await this.directories.all();
    const parsed = parsePolicy(
      document,
      known.map(({ name }) => name),
    );
    if ('problems' in parsed) {
      const errors = parsed.problems.map(({ path, line, column, message }) => ({
        pointer: path,
        message,
        line,
        column,
      }));
      const lines = errors.map(({ line, message }) => `Line ${line}: ${message}`);
      throw new ProblemException(422, 'invalid-policy', lines.join(' '), errors);
    }
    const saved = await this.policies.save(document, actor, expected);
    if (saved) return saved;
    const detail =
      'Another version is in force than the one that If-Match names. GET it, and make your change to that one.';
    throw new ProblemException(412, 'version-conflict', detail);
  }
}
