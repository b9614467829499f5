import { type DescribedSandbox, newUser, startDescribedSandbox } from '../openapi/described-sandbox.js';
import type { SandboxClient } from '../sandbox-client.js';

let described: DescribedSandbox;
let client: SandboxClient;
let next = 1;

beforeAll(async () => {
  described = await startDescribedSandbox({
    controlPort: 0,
    permissions: ['User.ReadWrite.All', 'Group.ReadWrite.All'],
  });
  client = described.client;
});
afterEach(() => described.sandbox.faults.clear());
afterAll(() => described.stop());

const create = () => client.call('POST', '/users', { body: newUser(next++) });
const find = (name: string) =>
  client
    .call('GET', `/users?$filter=${encodeURIComponent(`userPrincipalName eq '${name}'`)}`)
    .then(({ body }) => body.value.length);

describe('throttling', () => {
  it('refuses the next so many requests, before any work, and says how long to wait', async () => {
    await described.sandbox.faults.set({ throttle: { next: 2, retryAfter: 3 } });
    for (let i = 0; i < 2; i++) {
      const { status, headers, body } = await create();
      expect([status, headers['retry-after'], body.error.code]).toEqual([429, '3', 'TooManyRequests']);
      expect(described.sandbox.admin.user(`person${next - 1}@tenure.example`)).toBeUndefined();
    }
    expect((await create()).status).toBe(201);
    expect(described.sandbox.faults.counts.throttled).toBe(2);
  });

  it('refuses a share of the requests, the same ones each time', async () => {
    const run = async () => {
      await described.sandbox.faults.clear();
      await described.sandbox.faults.set({ throttle: { share: 0.5, status: 503, retryAfter: null } });
      const statuses = [];
      for (let i = 0; i < 60; i++) statuses.push((await client.call('GET', '/users?$top=1')).status);
      return statuses;
    };
    const first = await run();
    expect(await run()).toEqual(first);
    const refused = first.filter((status) => status === 503).length;
    expect(refused).toBeGreaterThan(18);
    expect(refused).toBeLessThan(42);
  });

  it('can be about some requests only', async () => {
    await described.sandbox.faults.set({ throttle: { on: { methods: ['POST'], path: '^/v1.0/users$' } } });
    expect((await client.call('GET', '/users?$top=1')).status).toBe(200);
    expect((await create()).status).toBe(429);
  });
});

describe('lost answers', () => {
  it.each(['reset', '504'] as const)('leave the work done (%s)', async (as) => {
    await described.sandbox.faults.set({ loseAnswers: { next: 1, as } });
    const name = `person${next}@tenure.example`;
    const outcome = await create().then(
      ({ status }) => status,
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect(outcome).toBe(as === 'reset' ? 'ECONNRESET' : 504);
    expect(described.sandbox.admin.user(name)).toBeDefined();
    expect((await create()).status).toBe(201);
    expect(described.sandbox.faults.counts.answersLost).toBeGreaterThan(0);
  });

  it('are those of writes, unless told otherwise', async () => {
    await described.sandbox.faults.set({ loseAnswers: { as: '504' } });
    expect((await client.call('GET', '/users?$top=1')).status).toBe(200);
    await described.sandbox.faults.set({ loseAnswers: { as: '504', on: { methods: ['GET'] } } });
    expect((await client.call('GET', '/users?$top=1')).status).toBe(504);
  });
});

describe('outages', () => {
  it('refuse connections, also open ones, and end on the same port', async () => {
    await create();
    await described.sandbox.faults.set({ outage: 'refuse' });
    await expect(create()).rejects.toMatchObject({ code: expect.stringMatching(/ECONNREFUSED|ECONNRESET/) });
    await expect(create()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await described.sandbox.faults.set({ outage: undefined });
    expect((await create()).status).toBe(201);
  });

  it('answer everything with 503, tokens included', async () => {
    await described.sandbox.faults.set({ outage: '503' });
    expect((await client.call('GET', '/users')).status).toBe(503);
    expect((await client.grant({ grant_type: 'client_credentials' })).status).toBe(503);
  });
});

describe('latency', () => {
  it('delays every answer', async () => {
    await described.sandbox.faults.set({ latency: { ms: 60 } });
    const start = performance.now();
    await client.call('GET', '/users?$top=1');
    expect(performance.now() - start).toBeGreaterThanOrEqual(59);
  });
});

describe('replication', () => {
  it('hides a new user for a number of reads, longest from filters, while its name is taken at once', async () => {
    await described.sandbox.faults.set({ replication: { byId: { reads: 1 }, inLists: { reads: 3 } } });
    const { body } = await create();
    const again = await client.call('POST', '/users', { body: newUser(next - 1) });
    expect(again.body.error.details[0].code).toBe('ObjectConflict');
    const byId = async () => (await client.call('GET', `/users/${body.id}`)).status;
    expect([await byId(), await byId()]).toEqual([404, 200]);
    const name = body.userPrincipalName;
    expect([await find(name), await find(name), await find(name), await find(name)]).toEqual([0, 0, 0, 1]);
  });

  it('hides it for a time', async () => {
    await described.sandbox.faults.set({ replication: { inLists: { ms: 50 } } });
    const { body } = await create();
    expect(await find(body.userPrincipalName)).toBe(0);
    const seen = performance.now() + 2000;
    while ((await find(body.userPrincipalName)) === 0) expect(performance.now()).toBeLessThan(seen);
  });

  it('lets a new user not be a member or a manager yet', async () => {
    const group = described.sandbox.admin.createGroup('Fresh');
    await described.sandbox.faults.set({ replication: { asReference: { reads: 1 } } });
    const { body } = await create();
    const add = async () =>
      client.call('POST', `/groups/${group.id}/members/$ref`, {
        body: { '@odata.id': `${described.sandbox.baseUrl}/v1.0/directoryObjects/${body.id}` },
      });
    const first = await add();
    expect([first.status, first.body.error.code]).toEqual([404, 'Request_ResourceNotFound']);
    expect((await add()).status).toBe(204);
  });
});

describe('the control server', () => {
  const control = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${described.sandbox.controlUrl}${path}`, {
      method,
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const answer = await response.json();
    // biome-ignore lint/suspicious/noExplicitAny: answers of every shape.
    return { status: response.status, body: answer as any };
  };

  it('sets, shows and clears faults, also during an outage', async () => {
    expect((await control('GET', '/__sandbox/health')).body).toMatchObject({
      status: 'ok',
      tenantId: described.sandbox.tenantId,
    });
    await control('PUT', '/__sandbox/faults', { throttle: { next: 5 }, outage: 'refuse' });
    await expect(create()).rejects.toThrow();
    const { body } = await control('PUT', '/__sandbox/faults', { outage: null });
    expect(body.settings).toEqual({ throttle: { next: 5 } });
    expect((await create()).status).toBe(429);
    expect((await control('DELETE', '/__sandbox/faults')).body.settings).toEqual({});
    expect((await create()).status).toBe(201);
  });

  it('shows users and groups, and plays Entra Connect', async () => {
    const values = { displayName: 'Hy', mailNickname: 'hy', userPrincipalName: 'hy@tenure.example' };
    const { body } = await control('POST', '/__sandbox/synchronized-users', {
      onPremisesImmutableId: 'a==',
      ...values,
    });
    expect((await control('GET', '/__sandbox/users')).body).toContainEqual(body);
    await control('POST', '/__sandbox/groups', { displayName: 'Staff' });
    expect((await control('GET', '/__sandbox/groups')).body).toContainEqual(
      expect.objectContaining({ properties: expect.objectContaining({ displayName: 'Staff' }) }),
    );
  });

  it('says what there is when asked for something else', async () => {
    const { status, body } = await control('GET', '/v1.0/users');
    expect(status).toBe(404);
    expect(body.actions).toContain('PUT /__sandbox/faults');
  });
});
