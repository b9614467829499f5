import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { cacheFolder } from './cache-folder.js';
import { type EmbeddedTemporal, startTemporal, type TemporalOptions } from './temporal.js';
import { temporalBinary } from './temporal-binary.js';

describe('embedded Temporal', () => {
  let binary: string;
  let home: string;
  let server: EmbeddedTemporal | undefined;
  let connection: Connection | undefined;

  const start = async (options: Partial<TemporalOptions> = {}): Promise<Client> => {
    server = await startTemporal({ binary, home, headless: true, ...options });
    connection = await Connection.connect({ address: server.address });
    return new Client({ connection });
  };

  const stop = async (): Promise<void> => {
    await connection?.close();
    await server?.stop();
    connection = server = undefined;
  };

  beforeAll(async () => {
    binary = await temporalBinary({ cacheDir: cacheFolder() });
  }, 20 * 60_000);

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'tenure-temporal-'));
  });

  afterEach(async () => {
    await connection?.close();
    if (server) process.kill(server.pid, 'SIGKILL'); // the orderly stop takes a second
    await server?.exited;
    connection = server = undefined;
    await rm(home, { recursive: true, force: true });
  });

  it('keeps a started workflow and its search attributes over a restart', async () => {
    const searchAttributes = { TenurePerson: 'Keyword', TenureDirectories: 'KeywordList' } as const;
    const before = await start({ searchAttributes });
    await before.workflow.start('joiner', {
      workflowId: 'person/1',
      taskQueue: 'kept',
      searchAttributes: { TenurePerson: ['person-1'], TenureDirectories: ['ad', 'entra'] },
    });
    await stop();

    const after = await start({ searchAttributes });
    const { status, searchAttributes: kept } = await after.workflow.getHandle('person/1').describe();
    expect(status.name).toBe('RUNNING');
    expect(kept).toMatchObject({ TenurePerson: ['person-1'], TenureDirectories: ['ad', 'entra'] });
  });

  it('keeps a started workflow when it is killed', async () => {
    const before = await start();
    await before.workflow.start('joiner', { workflowId: 'person/2', taskQueue: 'kept' });
    await connection?.close();
    if (server) process.kill(server.pid, 'SIGKILL');
    await expect(server?.exited).resolves.toMatchObject({ signal: 'SIGKILL' });

    const after = await start();
    expect((await after.workflow.getHandle('person/2').describe()).status.name).toBe('RUNNING');
  });

  it('adds the search attributes that the folder of an older version lacks', async () => {
    await start({ searchAttributes: { TenurePerson: 'Keyword' } });
    await stop();
    const client = await start({ searchAttributes: { TenurePerson: 'Keyword', TenureSource: 'Keyword' } });
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({ namespace: 'default' });
    expect(Object.keys(customAttributes)).toEqual(expect.arrayContaining(['TenurePerson', 'TenureSource']));
  });

  it('keeps histories for 30 days unless told otherwise', async () => {
    const client = await start({ inMemory: true });
    const { config } = await client.workflowService.describeNamespace({ namespace: 'default' });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
  });

  it('hands out tasks by priority', async () => {
    const client = await start({ inMemory: true });
    for (const [workflowId, priorityKey] of [
      ['bulk-1', 5],
      ['bulk-2', 5],
      ['ordinary', 3],
      ['urgent', 1],
    ] as const) {
      await client.workflow.start('any', { workflowId, taskQueue: 'ordered', priority: { priorityKey } });
    }
    // Starts answer before their tasks have reached the queue, and the first poll takes what is there.
    const queue = { namespace: 'default', taskQueue: { name: 'ordered' }, taskQueueType: 1, reportStats: true };
    const backlog = async () => (await client.workflowService.describeTaskQueue(queue)).stats?.approximateBacklogCount;
    while (Number(await backlog()) < 4) await wait(20);
    const order: (string | null | undefined)[] = [];
    for (let i = 0; i < 4; i++) {
      const poll = { namespace: 'default', taskQueue: { name: 'ordered' }, identity: 'spec' };
      const task = await client.connection.withDeadline(Date.now() + 5_000, () =>
        client.workflowService.pollWorkflowTaskQueue(poll),
      );
      order.push(task.workflowExecution?.workflowId);
    }
    expect(order).toEqual(['urgent', 'ordinary', 'bulk-1', 'bulk-2']);
  });

  it('serves its web UI, which has payloads decoded where we say', async () => {
    await start({ inMemory: true, headless: false, codecEndpoint: 'http://127.0.0.1:4000/codec' });
    const page = await fetch(server?.uiUrl ?? '');
    expect(await page.text()).toMatch(/_app\/immutable\/entry\/start/);
    const settings = await fetch(`${server?.uiUrl}/api/v1/settings`);
    expect(await settings.json()).toMatchObject({ Codec: { Endpoint: 'http://127.0.0.1:4000/codec' } });
  });

  it('says in one sentence that it is already running for the folder', async () => {
    await start();
    await expect(startTemporal({ binary, home })).rejects.toThrow(
      /^Temporal of .* is already run by another Tenure \(process \d+\): stop that one first, or set TENURE_HOME/,
    );
  });
});
