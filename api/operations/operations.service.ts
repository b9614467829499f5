import { Injectable } from '@nestjs/common';
import { personWorkflowId } from '../../contracts/workflow-ids.js';
import type { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { LifecycleEventRepository } from '../../persistence/lifecycle-event.repository.js';
import { ReportRepository } from '../../persistence/report.repository.js';
import { ProblemException } from '../problems/problem.exception.js';
import { PersonRuns } from '../temporal/person-runs.js';

const DEADLINE_MS = 10_000;

/** What operators do about operations. */
@Injectable()
export class OperationsService {
  constructor(
    private readonly report: ReportRepository,
    private readonly events: LifecycleEventRepository,
    private readonly runs: PersonRuns,
  ) {}

  /**
   * Asks the person's run to try a failed operation again; the attempt will be a row of its own. Throws a problem when
   * the operation did not fail, was tried again already, or cannot be done without what no longer exists.
   */
  async retry(id: string): Promise<{ operation: OperationEntity; workflowId: string }> {
    const operation = await this.report.find(id);
    if (!operation) throw new ProblemException(404, 'not-found', `There is no operation ${id} in the report.`);
    if (operation.outcome !== 'failed' && operation.outcome !== 'skipped') throw refusal(operation);
    const retry = await this.report.findRetryOf(id);
    if (retry) {
      const detail = `The operation was tried again already, as ${retry.id} (${retry.outcome}). Retry that one if it failed.`;
      throw new ProblemException(409, 'conflict', detail);
    }
    const event = operation.eventUuid === null ? undefined : await this.events.follow(operation.eventUuid);
    if (!event) {
      const detail =
        'No event stands behind this operation, so it cannot be tried again. A new password needs a new link.';
      throw new ProblemException(409, 'conflict', detail);
    }
    const { type, source } = event.event;
    await this.runs.sendRetry({ person: operation.personUuid, operationId: id, type, source }, DEADLINE_MS);
    return { operation, workflowId: personWorkflowId(operation.personUuid) };
  }
}

function refusal({ outcome }: OperationEntity): ProblemException {
  const open = outcome === 'planned' || outcome === 'waiting';
  const why = open ? 'it is still tried by itself' : 'only what failed or was skipped can be tried again';
  return new ProblemException(409, 'conflict', `The operation is ${outcome}: ${why}.`);
}
