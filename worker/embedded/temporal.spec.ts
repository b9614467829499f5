import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

  it('lets an urgent task overtake those that wait', async () => {
    const client = await start({ inMemory: true });
    const enqueue = (workflowId: string, priorityKey: number) =>
      client.workflow.start('any', { workflowId, taskQueue: 'ordered', priority: { priorityKey } });
    for (let i = 1; i <= 30; i++) await enqueue(`bulk-${i}`, 5);
    await enqueue('urgent', 1);

    const overtaken: (string | null | undefined)[] = [];
    for (let next: string | null | undefined; next !== 'urgent'; overtaken.push(next)) {
      const poll = { namespace: 'default', taskQueue: { name: 'ordered' }, identity: 'spec' };
      const task = await client.connection.withDeadline(Date.now() + 5_000, () =>
        client.workflowService.pollWorkflowTaskQueue(poll),
      );
      next = task.workflowExecution?.workflowId;
    }
    // Not the very first one: a start answers before its task has reached the queue.
    expect(overtaken.length).toBeLessThan(15);
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
