import { randomUUID } from 'node:crypto';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import {
  type ApplyPasswordInput,
  PASSWORD_SIGNALS,
  type PasswordResult,
  type PasswordRunInput,
} from '../../contracts/password-run';
import type { OperationResult, SendMailInput } from '../../contracts/person-run';
import { CORE_QUEUE, directoryQueue, MAIL_QUEUE } from '../../contracts/task-queues';
import { passwordMailWorkflowId, passwordRulesWorkflowId, passwordWorkflowId } from '../../contracts/workflow-ids';
import type { OperationOutcome } from '../../domain/plan/operation';
import { workflowBundle } from '../../worker/workflow-bundle';
import { eventually } from '../eventually';
import { startTestTemporal } from '../servers/temporal';
import { writeHistory } from './history-file';

/*
 * Records the histories of the runs of passwords that replay.spec.ts replays: `npx tsx test/replay/record-passwords.ts`.
 * Record anew only what a change made impossible to keep, and only after patching the workflow for the runs that are
 * under way at users.
 */

/** What the activities do; each scenario changes what it is about. */
interface Script {
  apply(input: ApplyPasswordInput): Promise<PasswordResult>;
  mail(input: SendMailInput): Promise<OperationResult>;
  recorded: string[];
}

type Scenario = (client: Client, script: Script) => Promise<WorkflowHandle>;

const result = (operationId: string, outcome: OperationOutcome, reason?: string): OperationResult => {
  const now = new Date().toISOString();
  return { operationId, outcome, reason, attempts: 1, startedAt: now, finishedAt: now };
};
const set = ({ operationId }: { operationId: string }): PasswordResult => ({
  result: result(operationId, 'succeeded'),
  chooseAgain: false,
});

function input(livesMs = 3_600_000): PasswordRunInput {
  const [person, request] = [randomUUID(), randomUUID()];
  const envelopes = ['ad', 'entra'].map((directory) => ({ id: randomUUID(), operationId: randomUUID(), directory }));
  return { person, request, envelopes, expiresAt: new Date(Date.now() + livesMs).toISOString() };
}

const start = (client: Client, run: PasswordRunInput) =>
  client.workflow.start('password', {
    workflowId: passwordWorkflowId(run.request),
    taskQueue: CORE_QUEUE,
    args: [run],
  });

const startMail = (client: Client) => {
  const mail: SendMailInput = {
    operationId: randomUUID(),
    person: randomUUID(),
    kind: 'send-reset-mail',
    to: 'jane@home.example',
  };
  return client.workflow.start('passwordMail', {
    workflowId: passwordMailWorkflowId(mail.operationId),
    taskQueue: CORE_QUEUE,
    args: [mail],
  });
};

const whileAway = (answer: () => boolean) => async (one: ApplyPasswordInput) => {
  if (one.directory === 'entra' && !answer()) throw new Error('entra does not answer.');
  return set(one);
};

const SCENARIOS: Record<string, Scenario> = {
  'everywhere.password': async (client) => start(client, input()),
  'a-directory-waits.password': async (client, script) => {
    let back = false;
    script.apply = whileAway(() => back);
    const run = await start(client, input());
    await eventually(() => script.recorded.includes('waiting'));
    back = true;
    return run;
  },
  'refused-by-rules.password': async (client, script) => {
    script.apply = async (one) =>
      one.directory === 'ad'
        ? set(one)
        : { result: result(one.operationId, 'failed', 'It was used before.'), chooseAgain: true };
    return start(client, input());
  },
  'given-up.password': async (client, script) => {
    script.apply = whileAway(() => false);
    return start(client, input(4_000));
  },
  'superseded-while-waiting.password': async (client, script) => {
    let superseded = false;
    script.apply = async (one) => {
      if (one.directory === 'ad') return set(one);
      if (!superseded) throw new Error('entra does not answer.');
      return { result: result(one.operationId, 'superseded', 'A newer password took its place.'), chooseAgain: false };
    };
    const run = await start(client, input());
    await eventually(() => script.recorded.includes('waiting'));
    superseded = true;
    await run.signal(PASSWORD_SIGNALS.superseded);
    return run;
  },
  'reset-mail.passwordMail': async (client) => startMail(client),
  'reset-mail-waits.passwordMail': async (client, script) => {
    let back = false;
    script.mail = async ({ operationId }) => {
      if (!back) throw new Error('The mail server cannot be reached.');
      return result(operationId, 'succeeded');
    };
    const run = await startMail(client);
    await eventually(() => script.recorded.includes('waiting'));
    back = true;
    return run;
  },
  'asked.passwordRules': async (client) =>
    client.workflow.start('passwordRules', {
      workflowId: passwordRulesWorkflowId('ad'),
      taskQueue: CORE_QUEUE,
      args: ['ad'],
    }),
};

async function main(): Promise<void> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const temporal = await startTestTemporal();
  const connection = await NativeConnection.connect({ address: temporal.address });
  const client = new Client({ connection: await Connection.connect({ address: temporal.address }) });
  let script: Script;
  const activities = {
    applyPassword: (one: ApplyPasswordInput) => script.apply(one),
    readPasswordRules: async () => {},
    recordPasswordOutcomes: async ({ results }: { results: PasswordResult[] }) => {
      script.recorded.push(...results.map((one) => one.result.outcome));
    },
    sendMail: (mail: SendMailInput) => script.mail(mail),
    recordOutcomes: async ({ results }: { results: OperationResult[] }) => {
      script.recorded.push(...results.map((one) => one.outcome));
    },
  };
  const bundle = await workflowBundle();
  const queues = [CORE_QUEUE, MAIL_QUEUE, directoryQueue('ad'), directoryQueue('entra')];
  const workers = await Promise.all(
    queues.map((taskQueue) =>
      Worker.create({
        connection,
        taskQueue,
        activities,
        ...(taskQueue === CORE_QUEUE ? { workflowBundle: bundle } : {}),
      }),
    ),
  );
  const running = workers.map((worker) => worker.run());
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    script = {
      apply: async (one) => set(one),
      mail: async ({ operationId }) => result(operationId, 'succeeded'),
      recorded: [],
    };
    const run = await scenario(client, script);
    await run.result();
    writeHistory(`${name}.1`, await run.fetchHistory());
    console.log(`${name}: ${script.recorded.join(', ')}`);
  }
  for (const worker of workers) worker.shutdown();
  await Promise.all(running);
  await Promise.all([connection.close(), client.connection.close()]);
  await temporal.stop();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
