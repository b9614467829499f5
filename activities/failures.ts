import { ApplicationFailure } from '@temporalio/common';
import { ConnectorError, type ConnectorErrorCategory } from '../connectors/contract/connector-error.js';

/** The one place where what goes wrong with a directory becomes a Temporal failure. */

/**
 * Passes without anybody changing the operation: an outage ends, a throttle eases, an operator renews a credential that
 * every operation of the directory needs.
 */
const PASSES: ReadonlySet<ConnectorErrorCategory> = new Set(['transient', 'throttled', 'unauthorized']);

/** Whether trying the same operation again can help. Cutting access is tried again whatever the error. */
export function isWorthRetrying(error: ConnectorError, cut = false): boolean {
  return cut || PASSES.has(error.category);
}

/**
 * A failure that Temporal retries. Its type is the error's category, its message the error's sentence; the cause stays
 * behind, since nobody checked what is in it.
 */
export function toTemporalFailure(error: ConnectorError): ApplicationFailure {
  return ApplicationFailure.create({
    type: error.category,
    message: error.message,
    nonRetryable: false,
    nextRetryDelay: error.details.retryAfterMs,
  });
}

/** What a connector let out: its own error, or a bug of ours in words that give nothing away. */
export function asConnectorError(error: unknown, directory: string): ConnectorError {
  if (error instanceof ConnectorError) return error;
  const name = error instanceof Error ? error.name : typeof error;
  return new ConnectorError('transient', `The connector of ${directory} failed unexpectedly (${name}); see its log.`, {
    cause: error,
  });
}
