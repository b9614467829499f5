import { Client, Connection } from '@temporalio/client';
import { startTestTemporal, type TestTemporal } from '../test/servers/temporal.js';
import { addSearchAttributes, prepareNamespace } from './temporal-namespace.js';

describe("a Temporal of the operator's own", () => {
  let server: TestTemporal;
  let connection: Connection;

  beforeAll(async () => {
    server = await startTestTemporal();
    connection = await Connection.connect({ address: server.address });
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });

  it('gets what is missing, so that runs can be started and found, and is left alone afterwards', async () => {
    expect(await prepareNamespace(connection, 'people')).toEqual([
      'namespace people',
      ...['Person', 'EventType', 'Source', 'Directories'].map((name) => `search attribute Tenure${name}`),
    ]);
    const client = new Client({ connection, namespace: 'people' });
    await client.workflow.start('joiner', {
      workflowId: 'person/1',
      taskQueue: 'tenure',
      searchAttributes: { TenurePerson: ['1'], TenureDirectories: ['corp-ad', 'entra'] },
    });
    expect(await prepareNamespace(connection, 'people')).toEqual([]);
  });

  it('keeps closed runs for 30 days in a namespace of its making', async () => {
    await prepareNamespace(connection, 'kept');
    const { config } = await connection.workflowService.describeNamespace({ namespace: 'kept' });
    expect(Number(config?.workflowExecutionRetentionTtl?.seconds)).toBe(30 * 86_400);
  });

  it('may be prepared by several at once', async () => {
    const all = await Promise.all([1, 2, 3].map(() => prepareNamespace(connection, 'raced')));
    expect(all.flat()).toContain('namespace raced');
  });

  it('is refused when an attribute of the name and another kind is there', async () => {
    await addSearchAttributes(connection, 'default', { TenurePerson: 'Int' });
    await expect(prepareNamespace(connection, 'default')).rejects.toThrow(
      'The search attribute TenurePerson of the namespace default is no Keyword: remove or rename it.',
    );
  });
});
