import { NativeConnection, type NativeConnectionOptions, Worker } from '@temporalio/worker';
import type { DataSource } from 'typeorm';
import { createLaneActivities } from '../activities/lane/lane.activities.js';
import { createMailActivities } from '../activities/mail/mail.activities.js';
import type { MailSettings } from '../activities/mail/mail-settings.js';
import { createMailer, type Mailer } from '../activities/mail/mailer.js';
import { createOutcomeActivities } from '../activities/outcomes/outcome.activities.js';
import { createPasswordActivities } from '../activities/password/password.activities.js';
import { createPlanningActivities } from '../activities/planning/planning.activities.js';
import type { ConnectorLog } from '../connectors/contract/connector.js';
import type { Keyring } from '../contracts/keyring.js';
import { createDataConverter } from '../contracts/payload-codec.js';
import { CORE_QUEUE, directoryQueue, MAIL_QUEUE } from '../contracts/task-queues.js';
import type { ConnectorRegistry } from './connector-registry.js';
import { workflowBundle } from './workflow-bundle.js';

/** Everything a worker process runs on. */
export interface TenureWorkerOptions {
  temporal: NativeConnectionOptions;
  namespace: string;
  database: DataSource;
  directories: ConnectorRegistry;
  keyring: Keyring;
  mail: MailSettings;
  log: ConnectorLog;
}

/**
 * Runs workflows kept in memory between their tasks. A person's run is small; those that sleep for months are dropped
 * from memory first and read again from their history.
 */
const CACHED_WORKFLOWS = 600;
/*
 * Slots are few on purpose (docs/adr/0008-few-slots.md). Only what still waits in Temporal can be overtaken by a leave;
 * what a worker has taken stands in line for its processor, its database connections and the directory's connections.
 */
/** Workflow tasks at once: enough to keep one processor busy while some wait for the database. */
const WORKFLOW_TASKS = { maxConcurrentWorkflowTaskExecutions: 8, maxConcurrentWorkflowTaskPolls: 4 };
/** Lanes at once in one directory: about as many as the connectors open connections. */
const LANES_PER_DIRECTORY = 16;
const MAILS = 8;

/**
 * The worker: workflows and database activities on the core queue, mail on its own, and one queue for each directory,
 * so that one that hangs fills only its own slots. They share one connection to Temporal.
 */
export class TenureWorker {
  private constructor(
    private readonly connection: NativeConnection,
    private readonly workers: Worker[],
    private readonly mailer: Mailer,
  ) {}

  static async create(options: TenureWorkerOptions): Promise<TenureWorker> {
    const { database, directories, keyring, log, namespace } = options;
    const connection = await NativeConnection.connect(options.temporal);
    const shared = {
      connection,
      namespace,
      dataConverter: createDataConverter(keyring.payload),
      shutdownGraceTime: '10s',
    };
    const connector = (name: string) => directories.connector(name);
    const planned = () => directories.planned();
    const mailer = createMailer(options.mail);
    const passwords = createPasswordActivities({ database, connector, keyring, log });
    const onDirectory = { ...createLaneActivities({ connector, log }), ...passwords.onDirectory };
    const queues = [
      {
        taskQueue: CORE_QUEUE,
        workflowBundle: await workflowBundle(),
        activities: {
          ...createPlanningActivities({ database, directories: planned }),
          ...createOutcomeActivities({ database }),
          ...passwords.core,
        },
        maxCachedWorkflows: CACHED_WORKFLOWS,
        ...WORKFLOW_TASKS,
      },
      {
        taskQueue: MAIL_QUEUE,
        activities: createMailActivities({ database, mailer, tokenKeys: keyring.tokens, settings: options.mail }),
        maxConcurrentActivityTaskExecutions: MAILS,
      },
      ...directories.names().map((name) => ({
        taskQueue: directoryQueue(name),
        activities: onDirectory,
        maxConcurrentActivityTaskExecutions: LANES_PER_DIRECTORY,
      })),
    ];
    const workers = await Promise.all(queues.map((queue) => Worker.create({ ...shared, ...queue })));
    return new TenureWorker(connection, workers, mailer);
  }

  /** Runs until `shutdown` or a fatal error, and has finished what it was doing when the promise ends. */
  async run(): Promise<void> {
    const ends = await Promise.allSettled(this.workers.map((worker) => worker.run().finally(() => this.shutdown())));
    this.mailer.close();
    await this.connection.close();
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed) throw failed.reason;
  }

  /** Takes no new work and lets what runs come to its end. */
  shutdown(): void {
    for (const worker of this.workers) {
      if (worker.getState() === 'RUNNING') worker.shutdown();
    }
  }
}
