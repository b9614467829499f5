import { CancelledFailure, Context } from '@temporalio/activity';
import type { AnyConnector, ConnectorLog } from '../../connectors/contract/connector.js';
import { ConnectorError } from '../../connectors/contract/connector-error.js';
import type { AccountState, LaneInput, LaneResult, OperationResult } from '../../contracts/person-run.js';
import type { Operation } from '../../domain/plan/operation.js';
import { asConnectorError, isWorthRetrying, toTemporalFailure } from '../failures.js';
import { executeOperation, type LaneAccount } from './execute-operation.js';
import { GroupIds } from './group-ids.js';

/** Often enough for a cancellation to arrive in time; the server hears of it only once in a few seconds. */
const HEARTBEAT_EVERY_MS = 1_000;
/**
 * Without a beat for so long this process was frozen (a paused machine, a suspended container). Temporal may count the
 * activity as lost and have given its work to another, or a leave may have passed: it must write nothing any more.
 */
const FROZEN_AFTER_MS = 4_000;

/** What working on a directory needs. No database: a gateway runs the same activities. */
export interface LaneDependencies {
  connector(directory: string): AnyConnector;
  log: ConnectorLog;
}

export interface LaneActivities {
  /**
   * Does the operations of one directory in order and tells what became of each. When the directory stops answering
   * after some of them, these are returned and `stopped` says why; when it does not answer at all, the activity fails
   * and Temporal tries it again.
   */
  applyLane(input: LaneInput): Promise<LaneResult>;
}

export function createLaneActivities({ connector, log }: LaneDependencies): LaneActivities {
  const groups = new GroupIds();

  return {
    async applyLane(input: LaneInput): Promise<LaneResult> {
      const { info, cancellationSignal } = Context.current();
      const { signal, stop } = beating(() => Context.current().heartbeat(progress), cancellationSignal);
      // A worker that died told this much before; the directory itself would only say that nothing is left to do.
      const progress: LaneResult = (info.heartbeatDetails as LaneResult | undefined) ?? { results: [] };
      const lane: LaneAccount = {
        directory: input.directory,
        correlation: input.correlation,
        id: progress.account?.id ?? input.accountId,
        comesBack: input.operations.some(({ kind }) => kind === 'enable-account'),
      };
      try {
        let stuck: unknown;
        for (const operation of remaining(input.operations, progress.results)) {
          const result = await attempt(operation, lane, input, info.attempt, signal).catch((thrown) => {
            // While access is cut, a step that cannot be done must not keep the next from being done.
            if (!input.cut || signal.aborted || !isRefusal(thrown)) throw thrown;
            stuck ??= thrown;
          });
          if (!result) continue;
          progress.results.push(result);
          progress.account = accountState(lane) ?? progress.account;
          if (result.outcome === 'failed' && isFoundation(operation)) {
            skipRest(remaining(input.operations, progress.results), progress.results, result);
            break;
          }
        }
        if (stuck) throw stuck;
        return progress;
      } catch (thrown) {
        const error = asConnectorError(thrown, input.directory);
        if (error !== thrown) log.warn({ directory: input.directory, ...whereOf(thrown) }, 'connector bug');
        if (progress.results.length > 0) {
          const stopped = { category: error.category, reason: error.message, retryAfterMs: error.details.retryAfterMs };
          return { ...progress, stopped };
        }
        if (cancellationSignal.aborted) throw new CancelledFailure('stopped to make way for a newer event');
        throw toTemporalFailure(error);
      } finally {
        stop();
      }
    },
  };

  async function attempt(
    operation: Operation,
    lane: LaneAccount,
    input: LaneInput,
    activityAttempt: number,
    signal: AbortSignal,
  ): Promise<OperationResult> {
    const startedAt = new Date().toISOString();
    const base = { operationId: operation.id, attempts: input.attemptsBefore + activityAttempt, startedAt };
    try {
      signal.throwIfAborted();
      const op = { id: operation.id, signal, log };
      const execution = await executeOperation(connector(input.directory), operation, lane, groups, op);
      return { ...base, ...execution, finishedAt: new Date().toISOString() };
    } catch (thrown) {
      const error = asConnectorError(thrown, input.directory);
      if (signal.aborted || error !== thrown || isWorthRetrying(error, input.cut)) throw thrown;
      return { ...base, outcome: 'failed', reason: error.message, finishedAt: new Date().toISOString() };
    }
  }
}

/** Tells Temporal regularly that the activity lives. The signal is aborted by a cancellation, and after a freeze. */
function beating(beat: () => void, cancelled: AbortSignal): { signal: AbortSignal; stop(): void } {
  const frozen = new AbortController();
  let last = Date.now();
  const timer = setInterval(() => {
    if (Date.now() - last > FROZEN_AFTER_MS) frozen.abort(new Error('The worker was frozen for a while.'));
    last = Date.now();
    beat();
  }, HEARTBEAT_EVERY_MS);
  return { signal: AbortSignal.any([cancelled, frozen.signal]), stop: () => clearInterval(timer) };
}

/** What may be told of an error that is nobody's: its name and place. Nobody knows what its message quotes. */
function whereOf(error: unknown): { error: string; at: string[] } {
  if (!(error instanceof Error)) return { error: typeof error, at: [] };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  return { error: error.name, at: frames.map((line) => line.trim()).slice(0, 5) };
}

/** The directory answers, and refuses this one operation. */
function isRefusal(error: unknown): boolean {
  return error instanceof ConnectorError && !isWorthRetrying(error);
}

function remaining(operations: Operation[], results: OperationResult[]): Operation[] {
  const finished = new Set(results.map((result) => result.operationId));
  return operations.filter((operation) => !finished.has(operation.id));
}

/** Without the account nothing else of the lane can be done. */
function isFoundation(operation: Operation): boolean {
  return operation.kind === 'create-account' || operation.kind === 'restore-account';
}

function skipRest(operations: Operation[], results: OperationResult[], cause: OperationResult): void {
  for (const operation of operations) {
    results.push({
      operationId: operation.id,
      outcome: 'skipped',
      reason: 'There is no account to do it on, because creating it failed.',
      attempts: 0,
      startedAt: cause.finishedAt,
      finishedAt: cause.finishedAt,
    });
  }
}

function accountState({ id, account, removed }: LaneAccount): AccountState | undefined {
  if (!id || (!account && !removed)) return undefined;
  const state = removed ? 'deleted' : account?.enabled ? 'active' : 'disabled';
  return { id, state, name: account?.name, attributes: account?.attributes, container: account?.container };
}
