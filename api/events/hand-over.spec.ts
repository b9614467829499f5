import { randomUUID } from 'node:crypto';
import { Client, type WorkflowExecutionInfo } from '@temporalio/client';
import { decodeArrayFromPayloads } from '@temporalio/common/lib/internal-non-workflow';
import { eventually } from '../../test/eventually';
import { startTestApi, type TestApi } from '../../test/servers/api';
import { createApi } from '../create-api';

const newEvent = (changes: Record<string, unknown> = {}) => ({
  type: 'joiner',
  source: 'workday',
  eventId: randomUUID(),
  person: { personId: `E-${randomUUID()}` },
  ...changes,
});

describe('the way of events to Temporal', () => {
  let api: TestApi;
  let client: Client;

  const post = async (json: unknown) => (await api.ask('/api/v1/events', { method: 'POST', json })).body;
  const handedOver = async (id: string): Promise<boolean> =>
    (await api.ask(`/api/v1/events/${id}`)).body.event.handedOverAt !== null;

  /** The signals that a person's run has got, decoded: the events' ids. */
  const signals = async (workflowId: string): Promise<string[]> => {
    const { events } = await client.workflow.getHandle(workflowId).fetchHistory();
    const inputs = (events ?? []).flatMap(({ workflowExecutionSignaledEventAttributes: signal }) =>
      signal ? [signal] : [],
    );
    expect(inputs.every(({ signalName }) => signalName === 'event')).toBe(true);
    const decoded = inputs.map(({ input }) =>
      decodeArrayFromPayloads(client.options.loadedDataConverter, input?.payloads),
    );
    return (await Promise.all(decoded)).map(([ref]) => (ref as { id: string }).id);
  };

  beforeAll(async () => {
    api = await startTestApi({ handOver: { sweepEveryMs: 50, claimMs: 3_000, deadlineMs: 1_000, untakenEveryMs: 50 } });
    client = api.app.get(Client);
  });

  afterAll(() => api.stop());

  it('starts the run of the event type with its search attributes and priority, and gives it the event', async () => {
    const { event, person, workflowId } = await post(newEvent({ type: 'leaver' }));
    await eventually(() => handedOver(event.id));
    const description = await client.workflow.getHandle(workflowId).describe();
    expect(description).toMatchObject<Partial<WorkflowExecutionInfo>>({ type: 'leaver', taskQueue: 'tenure' });
    expect(description.priority?.priorityKey).toBe(1);
    expect(description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value])).toEqual(
      expect.arrayContaining([
        ['TenurePerson', person.id],
        ['TenureEventType', 'leaver'],
        ['TenureSource', 'workday'],
      ]),
    );
    expect(await signals(workflowId)).toEqual([event.id]);
  });

  it('gives all events of a person to one run', async () => {
    const first = newEvent();
    const { items } = await post([first, newEvent({ ...first, type: 'mover', eventId: randomUUID() })]);
    for (const { event } of items) await eventually(() => handedOver(event.id));
    expect((await signals(items[0].workflowId)).sort()).toEqual(
      items.map(({ event }: typeof items) => event.id).sort(),
    );
    const { count } = await client.workflow.count(`WorkflowId = '${items[0].workflowId}'`);
    expect(count).toBeLessThanOrEqual(1);
  });

  it('starts a new run when the last one has ended', async () => {
    const first = newEvent();
    const { event, workflowId } = await post(first);
    await eventually(() => handedOver(event.id));
    await client.workflow.getHandle(workflowId).terminate();
    const second = await post({ ...first, type: 'leaver', eventId: randomUUID() });
    await eventually(() => handedOver(second.event.id));
    expect((await client.workflow.getHandle(workflowId).describe()).type).toBe('leaver');
  });

  it('hands over what the database has and nobody announced, such as events of the worker', async () => {
    const { person } = await post(newEvent());
    const id = randomUUID();
    await api.database.query(
      `INSERT INTO lifecycle_event (id, person_uuid, type, source, event_id, effective_at, body_hash, actor)
       VALUES ($1::uuid, $2, 'mover', 'tenure', $1::text, now(), '', 'tenure')`,
      [id, person.id],
    );
    await eventually(() => handedOver(id));
    expect(await signals(`person/${person.id}`)).toContain(id);
  });

  it('leaves an event to the process that claimed it, and takes it when that one has died', async () => {
    const { person } = await post(newEvent());
    const id = randomUUID();
    await api.database.query(
      `INSERT INTO lifecycle_event
         (id, person_uuid, type, source, event_id, effective_at, body_hash, actor, hand_over_claimed_until)
       VALUES ($1::uuid, $2, 'mover', 'tenure', $1::text, now(), '', 'tenure', now() + interval '1 second')`,
      [id, person.id],
    );
    await eventually(() => handedOver(id));
    const [{ waited }] = await api.database.query(
      'SELECT extract(epoch FROM handed_over_at - accepted_at)::float AS waited FROM lifecycle_event WHERE id = $1',
      [id],
    );
    expect(waited).toBeGreaterThanOrEqual(1);
  });

  it('hands over again what is due and was taken by no run, less and less often', async () => {
    const { event, workflowId } = await post(newEvent());
    const later = await post(newEvent({ effectiveAt: '2099-01-01' }));
    await eventually(() => handedOver(later.event.id));
    await eventually(() => handedOver(event.id));
    await client.workflow.getHandle(workflowId).terminate();
    const age = (id: string) =>
      api.database.query(
        `UPDATE lifecycle_event SET accepted_at = accepted_at - interval '65 s', effective_at = least(effective_at, now() - interval '65 s'),
         handed_over_at = handed_over_at - interval '65 s' WHERE id = $1`,
        [id],
      );
    await age(event.id);
    await eventually(async () => (await client.workflow.getHandle(workflowId).describe()).status.name === 'RUNNING');
    expect(await signals(workflowId)).toEqual([event.id]);
    expect(await signals(later.workflowId)).toEqual([later.event.id]);
  });

  it('lets what is urgent overtake a long queue', async () => {
    await post(Array.from({ length: 1000 }, () => newEvent()));
    const { event } = await post(newEvent({ type: 'leaver' }));
    await eventually(() => handedOver(event.id));
    const waiting = await api.database.query(
      "SELECT count(*)::int AS n FROM lifecycle_event WHERE handed_over_at IS NULL AND state = 'accepted'",
    );
    expect(waiting[0].n).toBeGreaterThan(0);
    await eventually(async () => /tenure_hand_over_backlog 0\n/.test((await api.ask('/metrics')).text));
  });

  it('accepts events while Temporal is away, says that it is, and hands them over when it is back', async () => {
    await api.temporal.kill();
    const { event } = await post(newEvent());
    const { items } = await post(Array.from({ length: 100 }, () => newEvent()));
    expect(await api.ask('/health/ready')).toMatchObject({
      status: 503,
      body: { errors: [{ pointer: '/temporal', message: expect.stringContaining('events are accepted') }] },
    });
    expect((await api.ask('/health/live')).status).toBe(200);
    expect(await handedOver(event.id)).toBe(false);
    await api.temporal.start();
    for (const id of [event.id, items[99].event.id]) await eventually(() => handedOver(id));
    await eventually(async () => (await api.ask('/health/ready')).status === 200);
    expect(api.log().match(/Temporal does not answer; events wait for it/g)?.length).toBeLessThan(5);
  });

  it('finishes what is on its way when it is closed, and another process takes the rest at once or soon', async () => {
    const other = await createApi({ ...api.options, log: { level: 'silent' } });
    await other.listen(0, '127.0.0.1');
    const url = await other.getUrl();
    const events = Array.from({ length: 500 }, () => newEvent());
    const response = await fetch(`${url}/api/v1/events`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.token}`, 'content-type': 'application/json' },
      body: JSON.stringify(events),
    });
    expect(response.status).toBe(202);
    await other.close();
    await eventually(async () => /tenure_hand_over_backlog 0\n/.test((await api.ask('/metrics')).text));
    const { items } = (await response.json()) as { items: { workflowId: string }[] };
    for (const { workflowId } of items.slice(-3)) expect(await signals(workflowId)).toHaveLength(1);
  });
});
