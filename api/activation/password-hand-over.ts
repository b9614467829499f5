import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { PasswordHandOverRepository, type RunToStart } from '../../persistence/password-hand-over.repository.js';
import { describeError } from '../log/redaction.js';
import { PasswordRuns } from './password-runs.js';

/** How often the database is asked for what a process that died, or a Temporal that was away, left behind. */
const SWEEP_EVERY_MS = 5_000;
const EXPIRED_EVERY_MS = 60_000;
/** A workflow destroys its envelopes by itself; what is this much older has no workflow. */
const EXPIRED_GRACE_MS = 10 * 60_000;
/** Workflows that are started at once. */
const AT_ONCE = 20;

/**
 * Brings chosen passwords (their envelopes' ids) and asked-for mails to Temporal. What was committed is never
 * forgotten: it is told at once, and again until Temporal has it.
 */
@Injectable()
export class PasswordHandOver implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('password-hand-over');
  private readonly onTheWay = new Map<string, Promise<void>>();
  private timers: NodeJS.Timeout[] = [];
  private sweeping: Promise<void> = Promise.resolve();
  private away = false;

  constructor(
    private readonly repository: PasswordHandOverRepository,
    private readonly runs: PasswordRuns,
  ) {}

  onApplicationBootstrap(): void {
    const sweep = (work: () => Promise<void>) => () => {
      this.sweeping = this.sweeping.then(work).catch((error) => this.failed(error));
    };
    this.timers = [
      setInterval(
        sweep(() => this.startAll()),
        SWEEP_EVERY_MS,
      ),
      setInterval(
        sweep(() => this.destroyExpired()),
        EXPIRED_EVERY_MS,
      ),
    ];
  }

  /** Hands over what a workflow is owed, in the background. */
  nudge(workflowId: string): void {
    this.repository.toStart(1, workflowId).then(
      (runs) => this.begin(runs),
      (error) => this.failed(error),
    );
  }

  /** Finishes what is on its way; the rest is another process's, or the next start's. */
  async beforeApplicationShutdown(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    await this.sweeping;
    await Promise.all(this.onTheWay.values());
  }

  private async startAll(): Promise<void> {
    this.begin(await this.repository.toStart(AT_ONCE));
    await Promise.all(this.onTheWay.values());
  }

  private begin(runs: RunToStart[]): void {
    for (const run of runs) {
      if (this.onTheWay.has(run.workflowId)) continue;
      const sending = this.send(run)
        .catch((error) => this.failed(error))
        .finally(() => this.onTheWay.delete(run.workflowId));
      this.onTheWay.set(run.workflowId, sending);
    }
  }

  private async send(run: RunToStart): Promise<void> {
    const runId = await this.runs.start(run);
    // Before it counts as handed over, so that a crash in between has it told again.
    if (run.kind === 'set-password') {
      const earlier = await this.repository.earlierRuns(run.person, run.workflowId);
      await Promise.all(earlier.map((workflowId) => this.runs.supersede(workflowId)));
    }
    await this.repository.started(run.workflowId, runId);
    if (this.away) this.logger.log('passwords are handed over again');
    this.away = false;
  }

  private async destroyExpired(): Promise<void> {
    const count = await this.repository.destroyExpired(EXPIRED_GRACE_MS);
    if (count > 0)
      this.logger.warn({ count }, 'sealed passwords had expired and belonged to no run; they are destroyed');
  }

  /** Once per outage, not once per password. */
  private failed(error: unknown): void {
    if (!this.away) this.logger.warn({ err: describeError(error) }, 'passwords cannot be handed over; trying again');
    this.away = true;
  }
}
