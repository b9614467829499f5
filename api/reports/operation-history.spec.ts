import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { createDataConverter } from '../../contracts/payload-codec';
import type { LaneInput, LaneResult, PlanEventInput, PlanEventResult } from '../../contracts/person-run';
import type { Operation } from '../../domain/plan/operation';
import { OperationEntity } from '../../persistence/entities/operation.entity';
import { eventually } from '../../test/eventually';
import { startTestApi, type TestApi } from '../../test/servers/api';
import { workflowBundle } from '../../worker/workflow-bundle';

/** Real runs, with a directory that answers at the third attempt, and another one that never answers. */
describe('the history of an operation', () => {
  let api: TestApi;
  let connection: NativeConnection;
  let workers: { worker: Worker; running: Promise<void> }[];
  const taken: PlanEventInput[] = [];

  const operation = (event: string, application: string): Operation => ({
    id: `${event}/${application}`,
    application,
    kind: 'disable-account',
    target: 'zoe',
  });
  const activities = {
    planEvent: async (input: PlanEventInput): Promise<PlanEventResult> => {
      taken.push(input);
      const lanes = ['slow', 'gone'].map((directory) => ({
        directory,
        correlation: { attribute: 'employeeID', value: 'E1' },
        operations: [operation(input.event, directory)],
        after: [],
      }));
      return { outcome: 'planned', cut: false, lanes, mail: [], later: [], deferred: [] };
    },
    recordOutcomes: async (): Promise<void> => {},
    applyLane: async ({ directory, operations }: LaneInput): Promise<LaneResult> => {
      attempts += directory === 'slow' ? 1 : 0;
      if (directory === 'gone' || attempts < 3) {
        throw ApplicationFailure.create({ message: `${directory} does not answer.`, type: 'transient' });
      }
      const at = new Date().toISOString();
      const done = { outcome: 'succeeded' as const, attempts, startedAt: at, finishedAt: at };
      return { results: operations.map(({ id }) => ({ operationId: id, ...done })) };
    },
  };
  let attempts = 0;

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    api = await startTestApi();
    connection = await NativeConnection.connect({ address: api.temporal.address });
    const common = { connection, activities, dataConverter: createDataConverter(api.options.keyring.payload) };
    const all = await Promise.all([
      Worker.create({ ...common, taskQueue: 'tenure', workflowBundle: await workflowBundle() }),
      Worker.create({ ...common, taskQueue: 'directory/slow' }),
      Worker.create({ ...common, taskQueue: 'directory/gone' }),
    ]);
    workers = all.map((worker) => ({ worker, running: worker.run() }));
  });

  afterAll(async () => {
    for (const { worker } of workers) worker.shutdown();
    await Promise.all(workers.map(({ running }) => running));
    await connection.close();
    await api.stop();
  });

  it('tells attempts, failures, timings and the result, decrypted, also while it is still tried', async () => {
    const event = { type: 'joiner', source: 'test', eventId: randomUUID(), person: { personId: 'E1' } };
    const { body } = await api.ask('/api/v1/events', { method: 'POST', json: event });
    await eventually(() => taken.length > 0);
    const [{ event: id, runId, workflowId } = { event: '', runId: '', workflowId: '' }] = taken;
    for (const application of ['slow', 'gone']) {
      await api.database.getRepository(OperationEntity).insert({
        id: `${id}/${application}`,
        personUuid: body.person.id,
        eventUuid: id,
        endUser: { personId: 'E1' },
        endUserSearch: 'e1',
        application,
        kind: 'disable-account',
        target: 'zoe',
        detail: operation(id, application),
        actor: 'admin',
        source: 'test',
        workflowId,
        runId,
      });
    }
    const history = async (application: string) =>
      (await api.ask(`/api/v1/reports/provisioning/${encodeURIComponent(`${id}/${application}`)}/history`)).body;

    await eventually(async () => (await history('slow')).activities.at(-1)?.state === 'completed');
    const slow = await history('slow');
    expect(slow).toMatchObject({ operation: `${id}/slow`, workflowId, runId, runState: 'RUNNING' });
    expect(slow.activities.at(-1)).toMatchObject({
      type: 'applyLane',
      taskQueue: 'directory/slow',
      lastFailure: { message: 'slow does not answer.', type: 'transient' },
      result: { operationId: `${id}/slow`, outcome: 'succeeded', attempts: 3 },
    });
    const tries = slow.activities.map(({ attempt }: { attempt: number }) => attempt);
    expect(tries.reduce((sum: number, attempt: number) => sum + attempt, 0)).toBe(3);

    await eventually(async () => (await history('gone')).activities.at(-1)?.lastFailure != null);
    const gone = await history('gone');
    expect(gone.activities.at(-1)).toMatchObject({
      taskQueue: 'directory/gone',
      endedAt: null,
      lastFailure: { message: 'gone does not answer.' },
      nextAttemptAt: expect.any(String),
    });
    const client = api.app.get(Client);
    await client.workflow.getHandle(workflowId).terminate();
  });
});
