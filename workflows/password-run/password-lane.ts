import { CancellationScope, isCancellation, proxyActivities, proxyLocalActivities } from '@temporalio/workflow';
import type {
  PasswordCoreActivities,
  PasswordDirectoryActivities,
} from '../../activities/password/password.activities.js';
import type { PasswordResult, PasswordRunInput } from '../../contracts/password-run.js';
import type { LaneProgress } from '../../contracts/person-run.js';
import { directoryQueue } from '../../contracts/task-queues.js';
import type { OperationOutcome } from '../../domain/plan/operation.js';
import { failureReason } from '../failure-reason.js';
import { PATIENT, QUICK } from '../patience.js';

/** Recording is a short transaction in our own database; without that nothing can go on, so it is tried for ever. */
const core = proxyLocalActivities<PasswordCoreActivities>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '200ms', maximumInterval: '10s' },
});

/** Where no worker takes the first tries up, the report says after this time that the password waits. */
const QUICK_LIMIT_MS = 5 * 60_000;

/** Never less than this, or Temporal would refuse the time limit of what has expired already. */
const SOON_MS = 1_000;

type Patience = { retry: typeof QUICK | typeof PATIENT; scheduleToCloseTimeout?: number };

/** The way of a password to one directory. */
export class PasswordLane {
  readonly progress: LaneProgress;
  private readonly scope = new CancellationScope();
  private attempts = 0;
  private isSuperseded = false;

  constructor(
    private readonly input: Omit<PasswordRunInput, 'envelopes'> & { runId: string },
    private readonly envelope: PasswordRunInput['envelopes'][number],
  ) {
    this.progress = { directory: envelope.directory, state: 'open' };
  }

  /** Works until the outcome is final and recorded. */
  async run(): Promise<void> {
    const outcome = await this.outcome();
    if (outcome.chooseAgain) await this.refreshRules();
    await this.record(outcome);
    this.progress.state = 'done';
    this.progress.reason = outcome.result.reason;
  }

  /** A newer password was chosen: stops what is running or waiting and looks once more, which finds this one void. */
  supersede(): void {
    this.isSuperseded = true;
    this.scope.cancel();
  }

  private async outcome(): Promise<PasswordResult> {
    try {
      return await this.scope.run(() => this.untilFinal());
    } catch (error) {
      if (!isCancellation(error)) throw error;
      if (this.isSuperseded) return this.last();
      return this.failed('The run was cancelled in Temporal before the directory had the password.');
    }
  }

  /** Quick tries, then patient ones until the sealed password expires. */
  private async untilFinal(): Promise<PasswordResult> {
    try {
      return await this.apply({ retry: QUICK });
    } catch (error) {
      if (isCancellation(error)) throw error;
      await this.wait(failureReason(error));
    }
    const { expiresAt } = this.input;
    const left = Math.max(Date.parse(expiresAt) - Date.now(), SOON_MS);
    try {
      return await this.apply({ retry: PATIENT, scheduleToCloseTimeout: left });
    } catch (error) {
      if (isCancellation(error)) throw error;
      return this.failed(`It was tried until ${expiresAt}, then the sealed password was destroyed. ${this.waitedFor}`);
    }
  }

  /** After a newer choice the envelope is gone, so this sets nothing; it only learns that no earlier try is running. */
  private async last(): Promise<PasswordResult> {
    try {
      return await this.apply({ retry: QUICK });
    } catch {
      return this.final('superseded', 'A newer password took its place.');
    }
  }

  private apply({ retry, scheduleToCloseTimeout = QUICK_LIMIT_MS }: Patience): Promise<PasswordResult> {
    const { directory, id, operationId } = this.envelope;
    const activities = proxyActivities<PasswordDirectoryActivities>({
      taskQueue: directoryQueue(directory),
      // Opening, setting and looking again: seconds each. `APPLY_PASSWORD_TIMEOUT_MS` counts on it.
      startToCloseTimeout: '60s',
      heartbeatTimeout: '5s',
      retry,
      scheduleToCloseTimeout,
      cancellationType: 'WAIT_CANCELLATION_COMPLETED',
    });
    const { person, request } = this.input;
    return activities.applyPassword({
      person,
      request,
      directory,
      envelopeId: id,
      operationId,
      attemptsBefore: this.attempts,
    });
  }

  private async wait(reason: string): Promise<void> {
    this.attempts += QUICK.maximumAttempts;
    this.progress.state = 'waiting';
    this.progress.reason = reason;
    await this.record(this.final('waiting', reason));
  }

  private get waitedFor(): string {
    return this.progress.reason ?? '';
  }

  private failed(reason: string): PasswordResult {
    return this.final('failed', reason);
  }

  private final(outcome: OperationOutcome, reason: string): PasswordResult {
    const now = new Date().toISOString();
    const { operationId } = this.envelope;
    return {
      result: { operationId, outcome, reason, attempts: this.attempts, startedAt: now, finishedAt: now },
      chooseAgain: false,
    };
  }

  /** So that the page asks for what the directory demands now. Not worth holding up the answer for. */
  private async refreshRules(): Promise<void> {
    const { directory } = this.envelope;
    const activities = proxyActivities<PasswordDirectoryActivities>({
      taskQueue: directoryQueue(directory),
      scheduleToCloseTimeout: '10s',
      retry: { maximumAttempts: 1 },
    });
    await activities.readPasswordRules(directory).catch(() => undefined);
  }

  private async record(outcome: PasswordResult): Promise<void> {
    const { request, runId } = this.input;
    await CancellationScope.nonCancellable(() => core.recordPasswordOutcomes({ request, runId, results: [outcome] }));
  }
}
