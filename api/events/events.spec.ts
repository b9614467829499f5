import { randomUUID } from 'node:crypto';
import { startTestApi, type TestApi } from '../../test/servers/api';

const newEvent = (changes: Record<string, unknown> = {}, person: Record<string, unknown> = {}) => ({
  type: 'joiner',
  source: 'workday',
  eventId: randomUUID(),
  person: { personId: `E-${randomUUID()}`, givenName: 'Zoë', ...person },
  ...changes,
});

describe('POST /api/v1/events', () => {
  let api: TestApi;

  const post = (json: unknown) => api.ask('/api/v1/events', { method: 'POST', json });

  beforeAll(async () => {
    api = await startTestApi();
  });

  afterAll(() => api.stop());

  it('accepts an event and makes its person known', async () => {
    const event = newEvent(
      { effectiveAt: '2030-01-02T08:00:00+01:00', urgent: true },
      { familyName: "O'Brien-Ångström" },
    );
    const { status, body } = await post(event);
    expect(status).toBe(202);
    expect(body).toEqual({
      event: {
        id: expect.any(String),
        type: 'joiner',
        source: 'workday',
        eventId: event.eventId,
        effectiveAt: '2030-01-02T07:00:00.000Z',
        urgent: true,
        state: 'accepted',
      },
      person: { id: expect.any(String), personId: event.person.personId },
      workflowId: `person/${body.person.id}`,
      links: { event: `/api/v1/events/${body.event.id}`, person: `/api/v1/people/${body.person.id}` },
    });
    const followed = await api.ask(body.links.event);
    expect(followed.body.event).toMatchObject({
      attributes: { givenName: 'Zoë', familyName: "O'Brien-Ångström" },
      actor: 'admin',
      state: 'accepted',
    });
    const person = await api.ask(`/api/v1/people/${encodeURIComponent(event.person.personId)}`);
    expect(person.body).toMatchObject({ id: body.person.id, state: 'expected', accounts: [] });
  });

  it('answers a repetition with 200 and the same event, whatever the order of its members', async () => {
    const event = newEvent({}, { department: 'Sales', title: 'Clerk' });
    const first = await post(event);
    const again = await post({
      person: Object.fromEntries(Object.entries(event.person).reverse()),
      eventId: event.eventId,
      urgent: false,
      source: event.source,
      type: event.type,
    });
    expect(again.status).toBe(200);
    expect(again.body).toEqual(first.body);
  });

  it.each([
    ['another attribute', { person: { personId: 'same', title: 'Chief' } }],
    ['another person', { person: { personId: 'other', title: 'Clerk' } }],
    ['another date', { effectiveAt: '2031-01-01' }],
    ['another type', { type: 'mover' }],
    ['urgency', { urgent: true }],
  ])('refuses %s under a source and eventId that were used, and creates nobody', async (_, change) => {
    const event = newEvent({ person: { personId: 'same', title: 'Clerk' } });
    const { body: first } = await post(event);
    const { status, headers, body } = await post({ ...event, ...change });
    expect(status).toBe(409);
    expect(headers.get('content-type')).toContain('application/problem+json');
    expect(body).toMatchObject({ type: 'urn:tenure:problem:event-conflict', status: 409 });
    expect(body.detail).toContain(first.event.id);
    expect((await api.ask('/api/v1/people/other')).status).toBe(404);
  });

  it('takes the good items of an array and says of each what became of it, in order', async () => {
    const known = newEvent();
    await post(known);
    const [one, two] = [newEvent(), newEvent()];
    const bad = newEvent({ type: 'retired' }, { title: 'x'.repeat(1025) });
    const { status, body } = await post([one, bad, known, { ...known, urgent: true }, two, two]);
    expect(status).toBe(202);
    expect(body.items.map((item: { status: number }) => item.status)).toEqual([202, 400, 200, 409, 202, 200]);
    expect(body.items[1].problem.errors).toEqual([
      { pointer: '/1/type', message: 'The type has to be one of joiner, mover, leaver, rehire.' },
      { pointer: '/1/person/title', message: 'A value may have at most 1024 characters.' },
    ]);
    expect(body.items[4].event.eventId).toBe(two.eventId);
    expect(body.items[5].event.id).toBe(body.items[4].event.id);
  });

  it('accepts 1,000 events in one go, well under a second, and keeps the order of each person', async () => {
    const people = Array.from({ length: 200 }, () => `E-${randomUUID()}`);
    const bulk = (name: string) =>
      Array.from({ length: 1000 }, (_, index) =>
        newEvent({ eventId: `${name}-${index}` }, { personId: people[index % 200], title: `No. ${index}` }),
      );
    const took: number[] = [];
    for (const name of ['warm', 'bulk', 'more']) {
      const started = Date.now();
      const { status, body } = await post(bulk(name));
      took.push(Date.now() - started);
      expect(status).toBe(202);
      expect(new Set(body.items.map((item: { status: number }) => item.status))).toEqual(new Set([202]));
    }
    const person = await api.ask(`/api/v1/people/${people[7]}`);
    expect(person.body.events.map(({ eventId }: { eventId: string }) => eventId)).toEqual(
      ['more', 'bulk', 'warm'].flatMap((name) => [807, 607, 407, 207, 7].map((index) => `${name}-${index}`)),
    );
    expect(Math.min(...took)).toBeLessThan(1000);
  });

  it('refuses an empty array and more than 1,000 events', async () => {
    expect(await post([])).toMatchObject({ status: 400, body: { detail: 'The list of events is empty.' } });
    const many = await post(Array.from({ length: 1001 }, () => 0));
    expect(many).toMatchObject({ status: 413, body: { type: 'urn:tenure:problem:too-large' } });
  });

  it('answers concurrent duplicates with one event', async () => {
    const event = newEvent();
    const answers = await Promise.all(Array.from({ length: 20 }, () => post(event)));
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array(19).fill(200), 202]);
    expect(new Set(answers.map(({ body }) => body.event.id)).size).toBe(1);
  });

  it('rescinds an event that is still to come, once', async () => {
    const { body } = await post(newEvent({ effectiveAt: '2099-01-01' }));
    const rescind = () => api.ask(body.links.event, { method: 'DELETE' });
    expect(await rescind()).toMatchObject({
      status: 200,
      body: { state: 'superseded', reason: 'Rescinded by admin.' },
    });
    expect((await api.ask(body.links.event)).body.event.state).toBe('superseded');
    expect((await rescind()).status).toBe(409);
  });

  it('does not rescind what is due, and knows no event it has not accepted', async () => {
    const { body } = await post(newEvent());
    expect((await api.ask(body.links.event, { method: 'DELETE' })).status).toBe(409);
    for (const method of ['GET', 'DELETE']) {
      expect((await api.ask(`/api/v1/events/${randomUUID()}`, { method })).status).toBe(404);
      expect((await api.ask('/api/v1/events/5', { method })).status).toBe(400);
    }
  });

  it('answers 503 while the database is away, and loses nothing that it accepted before', async () => {
    const event = newEvent();
    await post(event);
    await api.postgres.kill();
    const away = await post(newEvent());
    expect(away).toMatchObject({ status: 503, body: { type: 'urn:tenure:problem:unavailable' } });
    expect(await api.ask('/health/ready')).toMatchObject({
      status: 503,
      body: { detail: 'The database does not answer.' },
    });
    await api.postgres.start();
    expect((await post(event)).status).toBe(200);
  });
});
