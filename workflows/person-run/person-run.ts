import {
  CancellationScope,
  condition,
  defineQuery,
  defineSignal,
  isCancellation,
  log,
  makeContinueAsNewFunc,
  setHandler,
  sleep,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import {
  type EventRef,
  PERSON_QUERIES,
  PERSON_SIGNALS,
  type PersonRunInput,
  type PlanEventInput,
  type PlanEventResult,
  type PlannedRun,
  type RunProgress,
} from '../../contracts/person-run.js';
import { SEARCH_ATTRIBUTES } from '../../contracts/search-attributes.js';
import type { EventType } from '../../domain/event/lifecycle-event.js';
import type { Operation } from '../../domain/plan/operation.js';
import { failureReason } from '../failure-reason.js';
import { core, HEARTBEAT_TIMEOUT_MS } from './activity-calls.js';
import { Inbox } from './inbox.js';
import { Lanes, MAIL_LANE } from './lanes.js';

export const eventSignal = defineSignal<[EventRef]>(PERSON_SIGNALS.event);
export const retrySignal = defineSignal<[string]>(PERSON_SIGNALS.retry);
export const planQuery = defineQuery<PlannedRun | undefined>(PERSON_QUERIES.plan);
export const progressQuery = defineQuery<RunProgress>(PERSON_QUERIES.progress);

/** How long a run that is being replaced waits for its activities to say that they stopped. */
const STOPPING_MS = 500;

/** So many events in a row may come to nothing before the run rests for a moment. */
const MOST_FRUITLESS = 100;

/** A mail belongs to no account. */
const NO_CORRELATION = { attribute: '', value: '' };

/**
 * One run in a person's life: takes the event that comes next, plans it, works the plan off, and goes on as a run of
 * the type of the event after it. Ends when nothing is left to do or to wait for.
 */
export async function runPerson(type: EventType, input: PersonRunInput): Promise<void> {
  await new PersonRun(type, input).run();
}

class PersonRun {
  private readonly inbox: Inbox;
  private state: RunProgress['state'] = 'waiting-for-date';
  private event?: EventRef;
  private plan?: PlannedRun;
  private readonly lanes: Lanes;
  /** No further wave of directories will be planned. */
  private hasAllAccounts = false;
  private readonly retrying = new Set<string>();
  private resume: PersonRunInput['resume'];

  constructor(
    private readonly type: EventType,
    private readonly input: PersonRunInput,
  ) {
    this.inbox = new Inbox(input.inbox, input.retries);
    this.resume = input.resume;
    this.lanes = new Lanes(input.person, input.fences ?? {});
    setHandler(eventSignal, (event) => this.inbox.add(event));
    setHandler(retrySignal, (operationId) => this.inbox.addRetry(operationId));
    setHandler(planQuery, () => this.plan);
    setHandler(progressQuery, () => this.progress());
  }

  async run(): Promise<void> {
    let fruitless = 0;
    while (!this.inbox.isEmpty || this.resume) {
      await this.waitForWork();
      const due = this.inbox.due(Date.now());
      const event = due ?? this.resume?.event;
      if (event && (event.type !== this.type || workflowInfo().continueAsNewSuggested)) {
        return this.continueAs(event.type);
      }
      if (!due) for (const retry of this.resume?.retries ?? []) this.inbox.addRetry(retry);
      const planned = event && (await this.take(event, !due));
      if (!due || planned) this.resume = undefined;
      if (event && !planned) {
        // Whatever makes this go round in circles, it must not keep the worker's one thread for itself.
        fruitless += 1;
        if (fruitless % MOST_FRUITLESS === 0) await sleep(1_000);
        continue;
      }
      if (event) this.show(event, planned);
      await this.workUntilInterrupted(planned);
      if (!this.inbox.isEmpty || this.resume) {
        return this.continueAs((this.inbox.next(Date.now()) ?? this.resume?.event)?.type ?? this.type);
      }
    }
  }

  /** Sleeps until an event is due or somebody asks for a retry. */
  private async waitForWork(): Promise<void> {
    for (;;) {
      const next = this.inbox.next(Date.now());
      if (!next || this.inbox.retries.length > 0) return;
      const wait = Date.parse(next.effectiveAt) - Date.now();
      if (wait <= 0 || this.resume) return;
      if (next.type !== this.type) await this.continueAs(next.type);
      await condition(() => this.inbox.next(Date.now()) !== next || this.inbox.retries.length > 0, wait);
    }
  }

  /** Takes an event and plans it; `undefined` when it has been closed meanwhile or cannot apply. */
  private async take(event: EventRef, resume = false): Promise<PlannedRun | undefined> {
    this.inbox.take(event);
    const planned = await this.planUnlessTheyLeave(event, resume);
    if (planned?.outcome === 'planned') return planned;
    if (planned?.outcome === 'earlier') {
      this.inbox.putBack(event);
      this.inbox.putBack(planned.event);
    }
    return undefined;
  }

  /** A plan that cannot be made (there is no valid policy, say) is tried for ever; a leave does not wait for that. */
  private async planUnlessTheyLeave(event: EventRef, resume: boolean): Promise<PlanEventResult | undefined> {
    let planned: PlanEventResult | undefined;
    let isOver = false;
    const scope = new CancellationScope();
    scope
      .run(() => core.planEvent({ ...this.planInput(event), ...(resume && { resume }) }))
      .then((result) => {
        planned = result;
      })
      .catch((error) => log.warn('An event could not be planned.', { reason: failureReason(error) }))
      .finally(() => {
        isOver = true;
      });
    const isLeaving = () => event.type !== 'leaver' && this.inbox.due(Date.now())?.type === 'leaver';
    while (!isOver && !isLeaving()) await this.until(() => isOver || isLeaving());
    if (isOver) return planned;
    scope.cancel();
    this.inbox.putBack(event);
    return undefined;
  }

  private show(event: EventRef, planned: PlannedRun | undefined): void {
    this.event = event;
    this.plan = planned;
    upsertSearchAttributes([
      { key: SEARCH_ATTRIBUTES.eventType, value: this.type },
      { key: SEARCH_ATTRIBUTES.source, value: event.source },
      { key: SEARCH_ATTRIBUTES.directories, value: planned?.lanes.map((lane) => lane.directory) ?? [] },
    ]);
  }

  /**
   * Works the plan off, and with it the retries that are asked for, until all is done or an event arrives that must
   * not wait. What was not finished then is cancelled, and left to the run that takes the event and plans it anew.
   */
  private async workUntilInterrupted(planned: PlannedRun | undefined): Promise<void> {
    const scope = new CancellationScope();
    let running = 0;
    let failure: unknown;
    const start = (work: () => Promise<void>) => {
      running++;
      void scope
        .run(work)
        .catch((error) => {
          if (!isCancellation(error)) failure = error;
        })
        .finally(() => {
          running--;
        });
    };
    if (planned) start(() => this.workOff(planned));
    for (;;) {
      if (this.inbox.retries.length > 0) start(() => this.workOnRetries());
      await this.until(() => running === 0 || this.inbox.retries.length > 0 || this.isInterrupted || this.hasNews);
      const due = this.interruption();
      if (running === 0) break;
      if (due && this.isVoid(due)) {
        await this.take(due);
      } else if (due) {
        scope.cancel();
        await condition(() => running === 0, STOPPING_MS);
        this.lanes.giveUpUnsettled();
        this.resume = { event: this.event, retries: [...this.retrying] };
        break;
      } else if (this.hasNews) {
        await this.record(false);
      }
    }
    if (failure) {
      // A bug of ours must not keep the person's next event waiting. Their event stays taken, and is taken up again.
      log.error('A plan could not be worked off.', { reason: failureReason(failure) });
      scope.cancel();
    }
    await this.record(false);
    this.state = 'done';
  }

  /**
   * The plan, wave by wave; the mail as soon as it is of use; and in each directory, when its lane has ended and the
   * grace period has passed, what was to be done later. All of it in one `Promise.all`: a promise that a cancellation
   * rejects while nobody listens would fail the workflow task, again and again.
   */
  private async workOff(planned: PlannedRun): Promise<void> {
    this.state = 'applying';
    const lanes = this.begin(planned);
    const later = planned.later.map(async ({ afterMs, lane }) => {
      await lanes.get(lane.directory);
      await sleep(afterMs);
      await this.lanes.start(lane, planned.cut);
    });
    await Promise.all([this.workOffNow(planned, lanes), ...later]);
  }

  private async workOffNow(planned: PlannedRun, lanes: Map<string, Promise<void>>): Promise<void> {
    await Promise.all([
      this.workOffWaves(planned, lanes),
      ...planned.mail.map((mail) => this.mailOnceThereIsAnAccount(mail, planned.hasAccount)),
    ]);
    await this.record(true);
    if (planned.later.length > 0) this.state = 'grace';
  }

  private async workOffWaves(planned: PlannedRun, lanes: Map<string, Promise<void>>): Promise<void> {
    await Promise.all(lanes.values());
    for (let wave = planned; wave.deferred.length > 0; ) {
      wave = await this.planWave(wave.deferred);
      await Promise.all(this.begin(wave).values());
    }
    this.hasAllAccounts = true;
  }

  /** Begins lanes side by side, each after those that it builds on; the promises end with them. */
  private begin({ lanes, cut }: PlannedRun): Map<string, Promise<void>> {
    const running = new Map<string, Promise<void>>();
    for (const lane of lanes) {
      const before = lane.after.map((directory) => running.get(directory));
      const start =
        before.length === 0 ? this.lanes.start(lane, cut) : Promise.all(before).then(() => this.lanes.start(lane, cut));
      running.set(lane.directory, start);
    }
    return running;
  }

  /** Plans the directories that had to wait for other accounts, from what these have become. */
  private async planWave(only: string[]): Promise<PlannedRun> {
    await this.record(false);
    const nothing: PlannedRun = { cut: false, lanes: [], mail: [], later: [], deferred: [] };
    if (!this.event) return nothing;
    const planned = await core.planEvent({ ...this.planInput(this.event), only });
    return planned.outcome === 'planned' ? planned : nothing;
  }

  /** A mail says nothing useful before an account is there; it does not wait for directories that are down. */
  private async mailOnceThereIsAnAccount(operation: Operation, hadAccount = false): Promise<void> {
    const hasAccount = () => hadAccount || this.lanes.hasAccount;
    await condition(() => !this.lanes.isBusy && (hasAccount() || (this.hasAllAccounts && this.lanes.isDone)));
    if (!hasAccount()) {
      this.lanes.skip(operation, 'No account was made that the mail could be about.');
      return;
    }
    await this.record(false);
    await this.send(operation);
  }

  private send(mail: Operation): Promise<void> {
    const lane = { directory: MAIL_LANE, correlation: NO_CORRELATION, operations: [mail], after: [] };
    return this.lanes.start(lane, false);
  }

  /** Tries operations again that an operator asked for, beside whatever the run is at. */
  private async workOnRetries(): Promise<void> {
    const { workflowId, runId } = workflowInfo();
    const operations = this.inbox.takeRetries();
    const input = { person: this.input.person, operations, workflowId, runId };
    let planned: PlannedRun;
    try {
      planned = await core.planRetry(input);
    } catch (error) {
      // Interrupted: the next run plans it.
      for (const operation of operations) this.inbox.addRetry(operation);
      throw error;
    }
    for (const operation of operations) this.retrying.add(operation);
    await Promise.all([...this.begin(planned).values(), ...planned.mail.map((mail) => this.send(mail))]);
    for (let wave = planned; wave.deferred.length > 0; ) {
      await this.record(false);
      wave = await core.planRetry({ ...input, only: wave.deferred });
      await Promise.all(this.begin(wave).values());
    }
    for (const operation of operations) this.retrying.delete(operation);
  }

  /** The event that the run has to make way for: a leave at any time, others once all that remains only waits. */
  private interruption(): EventRef | undefined {
    const due = this.inbox.due(Date.now());
    if (!due || due.type === 'leaver' || this.isVoid(due)) return due;
    return this.state === 'grace' || this.lanes.isWaiting ? due : undefined;
  }

  private get isInterrupted(): boolean {
    return this.interruption() !== undefined;
  }

  /** Who has left stays out until a rehire: other events are closed without disturbing the leave. */
  private isVoid(event: EventRef): boolean {
    return this.event?.type === 'leaver' && event.type !== 'leaver' && event.type !== 'rehire';
  }

  /** There is something for the report, and nothing more is to be expected at once. */
  private get hasNews(): boolean {
    return !this.lanes.isBusy && this.lanes.hasUnrecorded;
  }

  /** Waits for a condition, waking also when an event becomes due: a leave may, while an earlier event is stuck. */
  private async until(fulfilled: () => boolean): Promise<void> {
    const wait = this.inbox.untilNextDate(Date.now());
    const inboxSize = this.inbox.size;
    if (wait !== undefined) await condition(() => fulfilled() || this.inbox.size !== inboxSize, wait);
    else await condition(() => fulfilled() || this.inbox.size !== inboxSize);
  }

  /** Writes what was finished into the report; `finished` closes the event. */
  private async record(finished: boolean): Promise<void> {
    if (!finished && !this.lanes.hasUnrecorded) return;
    const news = this.lanes.takeUnrecorded();
    await CancellationScope.nonCancellable(() =>
      core.recordOutcomes({ person: this.input.person, event: this.event?.id, finished, ...news }),
    );
  }

  private planInput(event: EventRef): PlanEventInput {
    const { workflowId, runId } = workflowInfo();
    return { person: this.input.person, event: event.id, workflowId, runId };
  }

  private continueAs(type: EventType): Promise<never> {
    const fence = new Date(Date.now() + HEARTBEAT_TIMEOUT_MS + STOPPING_MS).toISOString();
    const older = Object.entries(this.input.fences ?? {}).filter(([, until]) => Date.parse(until) > Date.now());
    const fences = this.lanes.unsettled().map((directory): [string, string] => [directory, fence]);
    return makeContinueAsNewFunc<(input: PersonRunInput) => Promise<void>>({ workflowType: type })({
      person: this.input.person,
      inbox: this.inbox.events(Date.now()),
      retries: this.inbox.retries,
      fences: Object.fromEntries([...older, ...fences]),
      resume: this.resume,
    });
  }

  private progress(): RunProgress {
    return {
      event: this.event,
      state: this.state === 'applying' && !this.lanes.isBusy && !this.lanes.isDone ? 'waiting' : this.state,
      lanes: this.lanes.progress(),
      inbox: this.inbox.events(Date.now()),
    };
  }
}
