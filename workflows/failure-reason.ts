import { ActivityFailure, TimeoutFailure } from '@temporalio/workflow';

/** The sentence that an activity's failure carries, for the report. */
export function failureReason(error: unknown): string {
  const cause = error instanceof ActivityFailure ? error.cause : error;
  if (cause instanceof TimeoutFailure && cause.timeoutType === 'SCHEDULE_TO_START') {
    return 'No worker took this up. Is the directory still in directories.yaml, and does its worker run?';
  }
  if (cause instanceof TimeoutFailure) return 'The worker that did this stopped answering.';
  return cause instanceof Error ? cause.message : String(cause);
}
