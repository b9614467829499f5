import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { sleeper } from './sleeper.workflow.js';
import { startTimeSkipping } from './time-skipping.js';

describe('the time-skipping server of a suite', () => {
  let environment: TestWorkflowEnvironment;

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    environment = await startTimeSkipping(['TenurePerson']);
  }, 60_000);

  afterAll(() => environment?.teardown());

  it('lets half a year go by in seconds', async () => {
    const worker = await Worker.create({
      connection: environment.nativeConnection,
      workflowsPath: require.resolve('./sleeper.workflow'),
      taskQueue: 'sleepers',
    });
    const days = await worker.runUntil(
      environment.client.workflow.execute(sleeper, {
        args: [180],
        workflowId: 'sleeper',
        taskQueue: 'sleepers',
        searchAttributes: { TenurePerson: ['person-1'] },
      }),
    );
    expect(days).toBe(180);
  }, 20_000);
});
