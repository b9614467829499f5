import { randomUUID } from 'node:crypto';
import { Context } from '@temporalio/activity';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker, type WorkflowBundleOption } from '@temporalio/worker';
import {
  type EventRef,
  type LaneInput,
  type LaneResult,
  PERSON_SIGNALS,
  type PlanEventInput,
  type PlanEventResult,
  type PlannedRun,
  type PlanRetryInput,
  type RecordOutcomesInput,
  type SendMailInput,
} from '../../contracts/person-run';
import { CORE_QUEUE, directoryQueue, MAIL_QUEUE } from '../../contracts/task-queues';
import { personWorkflowId } from '../../contracts/workflow-ids';
import type { EventType } from '../../domain/event/lifecycle-event';
import type { Operation } from '../../domain/plan/operation';
import type { Lane } from '../../domain/plan/plan';
import { workflowBundle } from '../../worker/workflow-bundle';

/** One thing that an activity was asked to do, in the order in which it began. */
export interface Call {
  activity: string;
  directory?: string;
  event?: string;
  at: number;
}

/** What a directory does when it is asked. */
type LaneBehaviour = (input: LaneInput, attempt: number) => Promise<LaneResult>;

/**
 * The real workflows on a real Temporal server, with activities that follow a script instead of a directory: for what
 * the workflows themselves decide (order, interruption, waiting, retries).
 */
export class ScriptedWorker {
  readonly calls: Call[] = [];
  readonly recorded: RecordOutcomesInput[] = [];
  readonly mails: SendMailInput[] = [];
  readonly plans = new Map<string, PlanEventResult>();
  retryPlan: PlannedRun = { cut: false, lanes: [], mail: [], later: [], deferred: [] };
  lane: LaneBehaviour = async (input) => succeed(input);
  /** What planning does for events that have no plan in `plans`. */
  plan: () => Promise<PlanEventResult> = async () => ({ outcome: 'closed' });
  planAgain: () => Promise<PlannedRun> = async () => this.retryPlan;
  readonly person = randomUUID();

  private constructor(
    readonly client: Client,
    private readonly connections: { close(): Promise<void> }[],
    private readonly workers: Worker[],
  ) {}

  /** On a development server. */
  static async start(address: string, directories: string[]): Promise<ScriptedWorker> {
    const connection = await NativeConnection.connect({ address });
    const clientConnection = await Connection.connect({ address });
    const client = new Client({ connection: clientConnection });
    return ScriptedWorker.run(client, connection, directories, [connection, clientConnection]);
  }

  /** On a server that skips time; `owned` connections are closed at the end. */
  static async run(
    client: Client,
    connection: NativeConnection,
    directories: string[],
    owned: { close(): Promise<void> }[] = [],
  ): Promise<ScriptedWorker> {
    const workers: Worker[] = [];
    const scripted = new ScriptedWorker(client, owned, workers);
    bundle ??= await workflowBundle();
    const activities = scripted.activities();
    for (const taskQueue of [CORE_QUEUE, MAIL_QUEUE, ...directories.map(directoryQueue)]) {
      const workflows = taskQueue === CORE_QUEUE ? { workflowBundle: bundle } : {};
      workers.push(
        await Worker.create({ connection, taskQueue, activities, shutdownGraceTime: '100ms', ...workflows }),
      );
    }
    scripted.running = workers.map((worker) => worker.run());
    return scripted;
  }

  private running: Promise<void>[] = [];

  async stop(): Promise<void> {
    for (const worker of this.workers) worker.shutdown();
    await Promise.all(this.running);
    for (const connection of this.connections) await connection.close();
  }

  /** Sends an event as the API does; a run that is started by it has `inbox` from an earlier one. */
  async send(event: EventRef, inbox: EventRef[] = []): Promise<WorkflowHandle> {
    return this.client.workflow.signalWithStart(event.type, {
      workflowId: personWorkflowId(this.person),
      taskQueue: CORE_QUEUE,
      args: [{ person: this.person, inbox }],
      signal: PERSON_SIGNALS.event,
      signalArgs: [event],
    });
  }

  /** Asks for a retry as the API does. */
  async retry(type: EventType, operationId: string): Promise<WorkflowHandle> {
    return this.client.workflow.signalWithStart(type, {
      workflowId: personWorkflowId(this.person),
      taskQueue: CORE_QUEUE,
      args: [{ person: this.person }],
      signal: PERSON_SIGNALS.retry,
      signalArgs: [operationId],
    });
  }

  /** The person's runs so far, oldest first: `type/status`. */
  async runs(): Promise<string[]> {
    const runs: { type: string; status: string; start: number }[] = [];
    const query = `WorkflowId = '${personWorkflowId(this.person)}'`;
    for await (const run of this.client.workflow.list({ query })) {
      runs.push({ type: run.type, status: run.status.name, start: run.startTime.getTime() });
    }
    return runs.sort((a, b) => a.start - b.start).map((run) => `${run.type}/${run.status}`);
  }

  private activities() {
    const note = (activity: string, rest: Partial<Call> = {}) => this.calls.push({ activity, at: Date.now(), ...rest });
    return {
      planEvent: async (input: PlanEventInput): Promise<PlanEventResult> => {
        note('planEvent', { event: input.event });
        return this.plans.get(input.only ? `${input.event}/${input.only}` : input.event) ?? this.plan();
      },
      planRetry: async (input: PlanRetryInput): Promise<PlannedRun> => {
        note('planRetry', { event: input.operations.join() });
        return this.planAgain();
      },
      recordOutcomes: async (input: RecordOutcomesInput): Promise<void> => {
        note('recordOutcomes', { event: input.event });
        this.recorded.push(input);
      },
      applyLane: async (input: LaneInput): Promise<LaneResult> => {
        note('applyLane', { directory: input.directory });
        const beat = setInterval(() => Context.current().heartbeat(), 200);
        try {
          return await this.lane(input, Context.current().info.attempt);
        } finally {
          clearInterval(beat);
        }
      },
      sendMail: async (input: SendMailInput) => {
        note('sendMail');
        this.mails.push(input);
        return succeed({ operations: [{ id: input.operationId } as Operation] } as LaneInput).results[0];
      },
    };
  }
}

let position = 0;
let bundle: WorkflowBundleOption | undefined;
Runtime.install({ logger: new DefaultLogger('ERROR') });

/** An event that takes effect now, or so many milliseconds from now. */
export function event(type: EventType, options: { inMs?: number; urgent?: boolean } = {}): EventRef {
  const effectiveAt = new Date(Date.now() + (options.inMs ?? 0)).toISOString();
  position += 1;
  return { id: randomUUID(), position, type, source: 'hr', effectiveAt, urgent: options.urgent ?? false };
}

/** A plan with one operation in each directory, as a leave makes it with `{ cut: true }`. */
export function planned(directories: string[], extra: Partial<PlannedRun> = {}): PlanEventResult {
  return {
    outcome: 'planned',
    cut: false,
    lanes: directories.map((name) => lane(name)),
    mail: [],
    later: [],
    deferred: [],
    ...extra,
  };
}

/** A lane of one operation. */
export function lane(directory: string, after: string[] = []): Lane {
  return {
    directory,
    correlation: { attribute: 'employeeID', value: '1' },
    operations: [{ id: randomUUID(), application: directory, kind: 'disable-account', target: 'jane' }],
    after,
  };
}

export const activationMail: Operation = {
  id: 'mail-1',
  application: 'mail',
  kind: 'send-activation-mail',
  to: 'jane@home.example',
  target: 'jane@home.example',
};

/** Every operation of a lane done. */
export function succeed(input: Pick<LaneInput, 'operations'>): LaneResult {
  const now = new Date().toISOString();
  return {
    results: input.operations.map(({ id }) => ({
      operationId: id,
      outcome: 'succeeded',
      attempts: 1,
      startedAt: now,
      finishedAt: now,
    })),
    account: { id: 'anchor', state: 'active' },
  };
}
