import { ApplicationFailure, isCancellation, sleep } from '@temporalio/workflow';
import type { AccountState, LaneProgress, LaneResult, OperationResult } from '../../contracts/person-run.js';
import type { Operation } from '../../domain/plan/operation.js';
import type { Lane } from '../../domain/plan/plan.js';
import { failureReason } from '../failure-reason.js';
import { QUICK_ATTEMPTS } from '../patience.js';
import { directoryActivities, mailActivities, type Stage } from './activity-calls.js';

/** The lane of mail beside the lanes of directories. */
export const MAIL_LANE = 'mail';

/** One lane while it is worked on. */
interface OpenLane {
  lane: Lane;
  cut: boolean;
  progress: LaneProgress;
  /** What is still to do. */
  operations: Operation[];
  /** True once it ended well in an account. */
  hasAccount: boolean;
  /** No activity of it can be running any more. */
  settled: boolean;
  /** An activity has been asked to work on it. */
  isAsked: boolean;
  attempts: number;
}

/** What was finished and not yet recorded. */
export interface Unrecorded {
  results: OperationResult[];
  accounts: { directory: string; account: AccountState }[];
}

/**
 * Works on lanes side by side, those of one directory one after the other. A lane whose directory does not answer is
 * `waiting`: it goes on by itself when the directory is back, and meanwhile holds up nobody.
 */
export class Lanes {
  private readonly open: OpenLane[] = [];
  private readonly tails = new Map<string, Promise<void>>();
  private fresh: Unrecorded = { results: [], accounts: [] };

  /**
   * @param person UUID of the person
   * @param fences per directory, the time before which an earlier activity may still be writing
   */
  constructor(
    private readonly person: string,
    private readonly fences: Record<string, string>,
  ) {}

  /**
   * Starts a lane; the promise ends when all its operations are final, or with a cancellation.
   * @param cut whether access is being cut: first in every queue, tried again whatever the error
   */
  start(lane: Lane, cut: boolean): Promise<void> {
    const open: OpenLane = {
      lane,
      cut,
      progress: { directory: lane.directory, state: 'open' },
      operations: lane.operations,
      hasAccount: false,
      settled: false,
      isAsked: false,
      attempts: 0,
    };
    this.open.push(open);
    const before = this.tails.get(lane.directory) ?? Promise.resolve();
    const running = before
      .then(() => this.work(open))
      .finally(() => {
        open.settled = true;
      });
    this.tails.set(
      lane.directory,
      running.catch(() => undefined),
    );
    return running;
  }

  /** True while something can still be expected soon, that is, not all is done or waiting. */
  get isBusy(): boolean {
    return this.open.some((lane) => lane.progress.state === 'open');
  }

  /** True when all that remains waits for a directory that does not answer. */
  get isWaiting(): boolean {
    return !this.isBusy && this.open.some((lane) => lane.progress.state === 'waiting');
  }

  get isDone(): boolean {
    return this.open.every((lane) => lane.progress.state === 'done');
  }

  /** Whether a lane of a directory ended with an account in it. */
  get hasAccount(): boolean {
    return this.open.some((lane) => lane.hasAccount);
  }

  progress(): LaneProgress[] {
    return this.open.map((lane) => ({ ...lane.progress }));
  }

  /** Directories in which an activity has not yet said that it stopped. */
  unsettled(): string[] {
    return this.open.filter((lane) => !lane.settled).map((lane) => lane.lane.directory);
  }

  /** Notes of what was interrupted and has not said that it stopped that nobody knows how far it came. */
  giveUpUnsettled(): void {
    const now = new Date().toISOString();
    const reason = 'Interrupted by a newer event while it was being done. What the directory has is in the next rows.';
    for (const lane of this.open.filter(({ settled, isAsked }) => isAsked && !settled)) {
      const last = {
        outcome: 'superseded' as const,
        reason,
        attempts: lane.attempts + 1,
        startedAt: now,
        finishedAt: now,
      };
      this.fresh.results.push(...lane.operations.map(({ id }) => ({ operationId: id, ...last })));
    }
  }

  /** Notes that an operation is not even tried. */
  skip(operation: Operation, reason: string): void {
    const now = new Date().toISOString();
    const result = { operationId: operation.id, outcome: 'skipped', reason, attempts: 0 } as const;
    this.fresh.results.push({ ...result, startedAt: now, finishedAt: now });
  }

  get hasUnrecorded(): boolean {
    return this.fresh.results.length > 0 || this.fresh.accounts.length > 0;
  }

  /** Hands over what was finished since the last call. */
  takeUnrecorded(): Unrecorded {
    const taken = this.fresh;
    this.fresh = { results: [], accounts: [] };
    return taken;
  }

  private async work(open: OpenLane): Promise<void> {
    const fence = this.fences[open.lane.directory];
    if (fence && Date.parse(fence) > Date.now()) await sleep(Date.parse(fence) - Date.now());
    let stage: Stage = 'quick';
    let pause = open.cut ? SHORTEST_CUT_PAUSE_MS : SHORTEST_PAUSE_MS;
    while (open.operations.length > 0) {
      try {
        const result = await this.call(open, stage);
        if (result.results.length === 0) throw new Error(result.stopped?.reason ?? 'The worker did nothing.');
        this.take(open, result);
        stage = 'quick';
      } catch (error) {
        if (isCancellation(error)) throw error;
        this.wait(open, failureReason(error));
        if (stage === 'patient') {
          // Temporal does not try this again by itself, as it is no failure of the directory.
          await sleep(pause);
          pause = Math.min(pause * 2, LONGEST_PAUSE_MS);
        }
        stage = 'patient';
      }
    }
    open.progress = { directory: open.lane.directory, state: 'done' };
  }

  private call(open: OpenLane, stage: Stage): Promise<LaneResult> {
    const { lane } = open;
    open.isAsked = true;
    if (lane.directory === MAIL_LANE) return this.mail(open, stage);
    return directoryActivities(lane.directory, stage, open.cut).applyLane({
      directory: lane.directory,
      correlation: lane.correlation,
      accountId: lane.accountId,
      operations: open.operations,
      cut: open.cut,
      attemptsBefore: open.attempts,
    });
  }

  private async mail(open: OpenLane, stage: Stage): Promise<LaneResult> {
    const [operation] = open.operations;
    if (operation?.kind !== 'send-activation-mail' && operation?.kind !== 'send-reset-mail') {
      throw ApplicationFailure.nonRetryable(`${operation?.kind} is no mail`);
    }
    const result = await mailActivities(stage).sendMail({
      operationId: operation.id,
      person: this.person,
      kind: operation.kind,
      to: operation.to,
    });
    return { results: [{ ...result, attempts: result.attempts + open.attempts }] };
  }

  private take(open: OpenLane, result: LaneResult): void {
    const finished = new Set(result.results.map((one) => one.operationId));
    open.operations = open.operations.filter((operation) => !finished.has(operation.id));
    if (finished.size > 0) open.attempts = 0;
    open.progress = { directory: open.lane.directory, state: 'open' };
    this.fresh.results.push(...result.results);
    if (result.account) {
      open.lane.accountId = result.account.id;
      open.hasAccount = result.account.state !== 'deleted';
      this.fresh.accounts.push({ directory: open.lane.directory, account: result.account });
    }
  }

  private wait(open: OpenLane, reason: string): void {
    open.attempts += QUICK_ATTEMPTS;
    open.progress = { directory: open.lane.directory, state: 'waiting', reason };
    const now = new Date().toISOString();
    const waiting = open.operations.map((operation) => ({
      operationId: operation.id,
      outcome: 'waiting' as const,
      reason,
      attempts: open.attempts,
      startedAt: now,
      finishedAt: now,
    }));
    this.fresh.results.push(...waiting);
  }
}

const SHORTEST_PAUSE_MS = 60_000;
const SHORTEST_CUT_PAUSE_MS = 10_000;
const LONGEST_PAUSE_MS = 3_600_000;
