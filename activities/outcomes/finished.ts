import type { OperationResult } from '../../contracts/person-run.js';
import type { Operation } from '../../domain/plan/operation.js';

/** An operation of the report with what became of it. */
export interface Finished {
  operation: Operation;
  result: OperationResult;
}
