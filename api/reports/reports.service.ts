import { Injectable } from '@nestjs/common';
import type { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { type ReportFilter, type ReportPage, ReportRepository } from '../../persistence/report.repository.js';
import { ProblemException } from '../problems/problem.exception.js';
import { HistoryReader } from './history-reader.js';
import type { OperationHistory } from './history-views.js';

/** The provisioning report. */
@Injectable()
export class ReportsService {
  constructor(
    private readonly report: ReportRepository,
    private readonly histories: HistoryReader,
  ) {}

  /** One page, newest first. */
  async page(filter: ReportFilter, limit: number, before?: number): Promise<ReportPage> {
    return await this.report.page(filter, limit, before);
  }

  /** Everything, in batches. The first one is read before it resolves, so that a failure is not half an answer. */
  async batches(filter: ReportFilter): Promise<AsyncIterable<OperationEntity[]>> {
    const batches = this.report.batches(filter);
    const first = await batches.next();
    return (async function* () {
      if (!first.done) yield first.value;
      yield* batches;
    })();
  }

  /** One row. */
  async find(id: string): Promise<OperationEntity> {
    const row = await this.report.find(id);
    if (!row) throw new ProblemException(404, 'not-found', `There is no operation ${id} in the report.`);
    return row;
  }

  /** What Temporal's history tells of a row: attempts, failures, timings. */
  async history(id: string): Promise<OperationHistory> {
    const { workflowId, runId } = await this.find(id);
    const history = await this.histories.read(workflowId, runId, id);
    if (!history) {
      const detail =
        `Temporal no longer keeps the run ${runId} of ${workflowId}, in which this was done. The report keeps the ` +
        'row itself; how long Temporal keeps histories is set by the retention of its namespace.';
      throw new ProblemException(404, 'no-longer-retained', detail);
    }
    return { operation: id, workflowId, runId, ...history };
  }
}
