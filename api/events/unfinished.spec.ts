import { randomUUID } from 'node:crypto';
import { Client } from '@temporalio/client';
import { DataSource } from 'typeorm';
import { LifecycleEventEntity } from '../../persistence/entities/lifecycle-event.entity';
import { OperationEntity } from '../../persistence/entities/operation.entity';
import { eventually } from '../../test/eventually';
import { startTestApi, type TestApi } from '../../test/servers/api';

jest.setTimeout(60_000);

describe('what a run left behind that was ended from outside', () => {
  let api: TestApi;
  let client: Client;
  let database: DataSource;

  beforeAll(async () => {
    api = await startTestApi({ handOver: { sweepEveryMs: 50, untakenEveryMs: 200, untakenAfterMs: 300 } });
    client = api.app.get(Client);
    database = api.app.get(DataSource);
  });
  afterAll(() => api.stop());

  /** An event that a run has taken, as planning writes it. */
  async function taken(state: 'taken' | 'done', operation: { kind: string; runId?: string }) {
    const body = { type: 'leaver', source: 'hr', eventId: randomUUID(), person: { personId: `E-${randomUUID()}` } };
    const { event, person, workflowId } = (await api.ask('/api/v1/events', { method: 'POST', json: body })).body;
    const handle = client.workflow.getHandle(workflowId);
    const runId = await eventuallyStarted(handle);
    const { kind } = operation;
    await database.manager.insert(OperationEntity, {
      id: randomUUID(),
      personUuid: person.id,
      eventUuid: event.id,
      endUser: { personId: person.personId },
      endUserSearch: '',
      application: 'ad',
      kind,
      target: 'jane',
      detail: {},
      actor: 'test',
      source: 'hr',
      workflowId,
      runId: operation.runId ?? runId,
    } as never);
    const taking = { state, takenAt: new Date(), workflowRunId: runId };
    await database.manager.update(LifecycleEventEntity, { id: event.id }, taking);
    return { event: event.id as string, handle };
  }

  async function eventuallyStarted(handle: ReturnType<Client['workflow']['getHandle']>): Promise<string> {
    let runId: string | undefined;
    await eventually(async () => {
      runId = await handle.describe().then(
        (run) => run.runId,
        () => undefined,
      );
      return runId !== undefined;
    });
    return runId as string;
  }

  const event = (id: string) => database.manager.findOneByOrFail(LifecycleEventEntity, { id });
  const operations = (id: string) => database.manager.findBy(OperationEntity, { eventUuid: id });

  it('goes to a new run, also a deletion that waits for its grace period', async () => {
    for (const state of ['taken', 'done'] as const) {
      const { event: id, handle } = await taken(state, { kind: 'delete-account' });
      const { runId } = await handle.describe();
      await handle.terminate('by mistake');
      await eventually(async () => (await event(id)).state === 'accepted');
      await eventually(async () => (await handle.describe()).runId !== runId);
      expect((await operations(id)).map(({ outcome }) => outcome)).toEqual(['planned']);
    }
  });

  it('is closed as failed where no event comes again, so that it can be retried', async () => {
    const { event: id, handle } = await taken('done', { kind: 'create-account', runId: 'of a retry' });
    await handle.terminate('by mistake');
    await eventually(async () => (await operations(id))[0]?.outcome === 'failed');
    expect((await event(id)).state).toBe('done');
  });

  it('is left alone while the run is open', async () => {
    const { event: id } = await taken('taken', { kind: 'disable-account' });
    const { event: lost, handle } = await taken('taken', { kind: 'disable-account' });
    await handle.terminate('so that one look has passed');
    await eventually(async () => (await event(lost)).state === 'accepted');
    expect((await event(id)).state).toBe('taken');
  });
});
