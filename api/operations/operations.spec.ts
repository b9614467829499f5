import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import type { OperationOutcome } from '../../domain/plan/operation';
import { OperationEntity } from '../../persistence/entities/operation.entity';
import { startTestApi, type TestApi } from '../../test/servers/api';

describe('POST /api/v1/operations/:id/retry', () => {
  let api: TestApi;
  let accepted: { event: { id: string }; person: { id: string }; workflowId: string };

  const insert = async (outcome: OperationOutcome, changes: Partial<OperationEntity> = {}): Promise<string> => {
    const id = `${randomUUID()}/a b`;
    await api.database.getRepository(OperationEntity).insert({
      id,
      personUuid: accepted.person.id,
      eventUuid: accepted.event.id,
      endUser: { personId: 'E1' },
      endUserSearch: 'e1',
      application: 'ad',
      kind: 'disable-account',
      target: 'x',
      detail: { id, kind: 'disable-account', application: 'ad', target: 'x' },
      outcome,
      actor: 'admin',
      source: 'workday',
      workflowId: accepted.workflowId,
      runId: randomUUID(),
      ...changes,
    });
    return id;
  };
  const retry = (id: string) => api.ask(`/api/v1/operations/${encodeURIComponent(id)}/retry`, { method: 'POST' });

  beforeAll(async () => {
    api = await startTestApi();
    const event = { type: 'leaver', source: 'workday', eventId: '1', person: { personId: 'E1' } };
    accepted = (await api.ask('/api/v1/events', { method: 'POST', json: event })).body;
  });

  afterAll(() => api.stop());

  it.each(['failed', 'skipped'] as const)('asks the run of the person to try what %s again', async (outcome) => {
    const id = await insert(outcome);
    const { status, body } = await retry(id);
    expect(status).toBe(202);
    expect(body).toMatchObject({ operation: { id, outcome }, workflowId: accepted.workflowId });
    const client = api.app.get(Client);
    const handle = client.workflow.getHandle(accepted.workflowId);
    expect((await handle.describe()).type).toBe('leaver');
    const { events } = await handle.fetchHistory();
    const signals = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal?.signalName === 'retry' ? [signal.input?.payloads] : [],
    );
    const asked = await Promise.all(
      signals.map((payloads) => decodeArrayFromPayloads(client.options.loadedDataConverter, payloads)),
    );
    expect(asked).toContainEqual([id]);
  });

  it.each(['planned', 'waiting', 'succeeded', 'unchanged', 'superseded'] as const)(
    'refuses what is %s',
    async (outcome) => {
      const { status, body } = await retry(await insert(outcome));
      expect(status).toBe(409);
      expect(body.detail).toContain(`The operation is ${outcome}`);
    },
  );

  it('refuses what was tried again already, and names the newer attempt', async () => {
    const id = await insert('failed');
    const newer = await insert('failed', { retryOf: id });
    expect(await retry(id)).toMatchObject({ status: 409, body: { detail: expect.stringContaining(newer) } });
    expect((await retry(newer)).status).toBe(202);
  });

  it('refuses what no event stands behind, and what is not there', async () => {
    expect((await retry(await insert('failed', { eventUuid: null }))).status).toBe(409);
    expect((await retry('nothing')).status).toBe(404);
  });

  it('says that Temporal is away, instead of promising a retry', async () => {
    const id = await insert('failed');
    await api.temporal.kill();
    expect(await retry(id)).toMatchObject({ status: 503, body: { type: 'urn:tenure:problem:unavailable' } });
    await api.temporal.start();
  });
});
