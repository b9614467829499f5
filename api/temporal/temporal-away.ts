import { isGrpcServiceError, ServiceError } from '@temporalio/client';

/** gRPC's codes for "not now": CANCELLED, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, UNAVAILABLE. */
const NOT_NOW = new Set([1, 4, 8, 14]);

/** Whether a call failed because Temporal cannot be reached or is too busy, not because of what was asked. */
export function isTemporalAway(error: unknown): boolean {
  const cause = error instanceof ServiceError ? error.cause : error;
  return isGrpcServiceError(cause) && NOT_NOW.has(cause.code);
}
