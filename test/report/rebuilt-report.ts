import type { PasswordResult, PasswordRunInput } from '../../contracts/password-run';
import type {
  LaneInput,
  LaneResult,
  OperationResult,
  PlanEventResult,
  PlannedRun,
  SendMailInput,
} from '../../contracts/person-run';
import type { Operation } from '../../domain/plan/operation';
import type { Moment, Run } from './history-moments';

/** A row of the report as far as histories can tell it. */
export interface RebuiltRow {
  id: string;
  application: string;
  operation: string;
  /** Absent for passwords, whose runs only know ids. */
  target?: string;
  outcome: string;
  reason: string | null;
  attempts: number;
  before: unknown;
  after: unknown;
  workflowId: string;
  runId: string;
  /** Set where an activity ended it; when a newer plan or a refusal did, the database's clock says when. */
  finishedAt?: string;
}

const OPEN = new Set(['planned', 'waiting']);
const PASSWORDS = new Set(['set-password', 'send-reset-mail']);
const INTERRUPTED = 'Interrupted by a newer event while it was being done. What the directory has is in the next rows.';
const NO_ACCOUNT = 'No account was made that the mail could be about.';

/** Works through everything that histories say and gives the report that follows from it, by operation id. */
export function rebuildReport(moments: Moment[]): Map<string, RebuiltRow> {
  const report = new Report();
  for (const moment of moments) report.take(moment);
  return report.rows;
}

class Report {
  readonly rows = new Map<string, RebuiltRow>();
  private readonly personOf = new Map<string, string>();
  private readonly planned = new Set<string>();

  take(moment: Moment): void {
    const { run } = moment;
    if (moment.what === 'began' && run.type === 'password') this.passwordChosen(moment.input as PasswordRunInput, run);
    if (moment.what === 'began' && run.type === 'passwordMail') this.resetMail(moment.input as SendMailInput, run);
    if (moment.what === 'decided') this.decided(moment, run);
    if (moment.what === 'done') this.done(moment);
    if (moment.what === 'given-up') this.givenUp(moment);
    if (moment.what === 'interrupted') this.interrupted(moment);
    if (moment.what === 'ended') this.ended(run);
  }

  private decided({ activity, result }: Moment & { what: 'decided' }, run: Run): void {
    if (activity === 'planEvent') this.plannedEvent(result as PlanEventResult, run);
    if (activity === 'planRetry') this.add(result as PlannedRun, run);
  }

  private plannedEvent(result: PlanEventResult, run: Run): void {
    if (result.outcome !== 'planned') return;
    // The second wave of a run replaces nothing.
    if (!this.planned.has(run.runId)) this.supersede(run);
    this.planned.add(run.runId);
    this.add(result, run);
  }

  /** A new plan takes the place of what earlier runs of the person left open. */
  private supersede(run: Run): void {
    for (const row of this.rows.values()) {
      const stays = run.type !== 'leaver' && PASSWORDS.has(row.operation);
      if (!OPEN.has(row.outcome) || stays || row.runId === run.runId) continue;
      if (this.personOf.get(row.id) !== run.workflowId) continue;
      Object.assign(row, { outcome: 'superseded', reason: `Planned again with a later ${run.type} event.` });
    }
  }

  private add({ lanes, mail, later }: PlannedRun, run: Run): void {
    const now = [...lanes.flatMap((lane) => lane.operations), ...mail];
    for (const operation of now) this.insert(operation, run, null);
    for (const operation of later.flatMap(({ lane }) => lane.operations)) this.insert(operation, run, 'Planned for …');
  }

  private insert({ id, application, kind, target, before, after }: Operation, run: Run, reason: string | null): void {
    if (this.rows.has(id)) return;
    const { workflowId, runId } = run;
    this.personOf.set(id, workflowId);
    const values = { before: before ?? null, after: after ?? null };
    const open = { outcome: 'planned', reason, attempts: 0, workflowId, runId };
    this.rows.set(id, { id, application, operation: kind, target, ...values, ...open });
  }

  private passwordChosen({ person, envelopes }: PasswordRunInput, { workflowId, runId }: Run): void {
    for (const { operationId: id, directory: application } of envelopes) {
      this.personOf.set(id, `person/${person}`);
      const open = { outcome: 'planned', reason: null, attempts: 0, before: null, after: null, workflowId, runId };
      this.rows.set(id, { id, application, operation: 'set-password', ...open });
    }
  }

  private resetMail({ operationId: id, person, kind, to }: SendMailInput, { workflowId, runId }: Run): void {
    this.personOf.set(id, `person/${person}`);
    const open = { outcome: 'planned', reason: null, attempts: 0, before: null, after: null, workflowId, runId };
    this.rows.set(id, { id, application: 'mail', operation: kind, target: to, ...open });
  }

  private done({ activity, result }: Moment & { what: 'done' }): void {
    if (activity === 'applyLane') for (const one of (result as LaneResult).results) this.settle(one);
    // A mail, like a password, only knows its own attempts; those before stand in the row that waited.
    if (activity === 'sendMail') this.settle(result as OperationResult, true);
    if (activity === 'applyPassword') this.settle((result as PasswordResult).result);
  }

  private settle(result: OperationResult, addAttempts = false): void {
    const row = this.rows.get(result.operationId);
    if (!row || !OPEN.has(row.outcome)) return;
    const { outcome, reason = null, finishedAt } = result;
    const attempts = result.attempts + (addAttempts ? row.attempts : 0);
    const values = { before: result.before ?? row.before, after: result.after ?? row.after };
    Object.assign(row, { outcome, reason, attempts, finishedAt, ...values });
  }

  private givenUp({ activity, input, reason, attempts }: Moment & { what: 'given-up' }): void {
    if (activity === 'applyLane') {
      const { operations, attemptsBefore } = input as LaneInput;
      for (const { id } of operations) this.wait(id, reason, attemptsBefore + attempts);
    }
    if (activity === 'sendMail') this.wait((input as SendMailInput).operationId, reason, attempts);
    if (activity === 'applyPassword') {
      this.wait((input as { operationId: string }).operationId, reason, attempts);
    }
  }

  private interrupted({ activity, input }: Moment & { what: 'interrupted' }): void {
    if (activity === 'applyLane') {
      const { operations, attemptsBefore } = input as LaneInput;
      for (const { id } of operations) this.stop(id, attemptsBefore + 1);
    }
    if (activity === 'sendMail') {
      const { operationId } = input as SendMailInput;
      this.stop(operationId, (this.rows.get(operationId)?.attempts ?? 0) + 1);
    }
  }

  /** Nobody knows how far it came; the next rows tell what the directory has. */
  private stop(id: string, attempts: number): void {
    const row = this.rows.get(id);
    if (row && OPEN.has(row.outcome)) Object.assign(row, { outcome: 'superseded', reason: INTERRUPTED, attempts });
  }

  private wait(id: string, reason: string, attempts: number): void {
    const row = this.rows.get(id);
    if (row && OPEN.has(row.outcome)) Object.assign(row, { outcome: 'waiting', reason, attempts });
  }

  /** A run does not end before its mail is sent, unless there is no account that it could be about. */
  private ended(run: Run): void {
    for (const row of this.rows.values()) {
      if (row.runId !== run.runId || row.operation !== 'send-activation-mail' || row.outcome !== 'planned') continue;
      Object.assign(row, { outcome: 'skipped', reason: NO_ACCOUNT });
    }
  }
}
