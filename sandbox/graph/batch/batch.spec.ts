import { type DescribedSandbox, newUser, startDescribedSandbox } from '../openapi/described-sandbox.js';
import type { SandboxClient } from '../sandbox-client.js';

let described: DescribedSandbox;
let client: SandboxClient;

beforeAll(async () => {
  described = await startDescribedSandbox();
  client = described.client;
});
afterEach(() => described.sandbox.faults.clear());
afterAll(() => described.stop());

const JSON_BODY = { 'Content-Type': 'application/json' };
const batch = (requests: unknown) => client.call('POST', '/$batch', { body: { requests } });
const byId = (body: { responses: { id: string; status: number; body: unknown }[] }) =>
  Object.fromEntries(body.responses.map((response) => [response.id, response]));

describe('$batch', () => {
  it('answers each request by itself', async () => {
    const { status, body } = await batch([
      { id: 'create', method: 'POST', url: '/users', headers: JSON_BODY, body: newUser(1) },
      { id: 'bad', method: 'POST', url: 'users', headers: JSON_BODY, body: newUser(2, { shoes: 1 }) },
      {
        id: 'count',
        method: 'GET',
        url: "/users?$filter=displayName ne 'x'&$count=true&$select=id",
        headers: { ConsistencyLevel: 'eventual' },
      },
      { id: 'nobody', method: 'GET', url: '/users/nobody' },
      { id: 'denied', method: 'POST', url: '/groups', headers: JSON_BODY, body: {} },
    ]);
    expect(status).toBe(200);
    const answers = byId(body);
    expect(Object.fromEntries(Object.entries(answers).map(([id, answer]) => [id, answer.status]))).toEqual({
      create: 201,
      bad: 400,
      count: 200,
      nobody: 404,
      denied: 403,
    });
    expect(answers.create?.body).toMatchObject({ userPrincipalName: 'person1@tenure.example' });
    expect(answers.count?.body).toMatchObject({ '@odata.count': 1 });
    expect(answers.nobody?.body).toMatchObject({ error: { code: 'Request_ResourceNotFound' } });
  });

  it('keeps the order that dependsOn asks for, and does not do what depends on a failure', async () => {
    const { body } = await batch([
      { id: 'third', dependsOn: ['second'], method: 'GET', url: '/users/person3@tenure.example?$select=city' },
      {
        id: 'second',
        dependsOn: ['first'],
        method: 'PATCH',
        url: '/users/person3@tenure.example',
        headers: JSON_BODY,
        body: { city: 'Bern' },
      },
      { id: 'first', method: 'POST', url: '/users', headers: JSON_BODY, body: newUser(3) },
      { id: 'fails', method: 'DELETE', url: '/users/nobody' },
      {
        id: 'never',
        dependsOn: ['fails'],
        method: 'PATCH',
        url: '/users/person3@tenure.example',
        headers: JSON_BODY,
        body: { city: 'Basel' },
      },
    ]);
    const answers = byId(body);
    expect(answers.third?.body).toMatchObject({ city: 'Bern' });
    expect([answers.first?.status, answers.second?.status, answers.fails?.status, answers.never?.status]).toEqual([
      201, 204, 404, 424,
    ]);
    expect(described.sandbox.admin.user('person3@tenure.example')?.properties.city).toBe('Bern');
  });

  it('takes 20 requests and no more', async () => {
    const gets = (n: number) =>
      Array.from({ length: n }, (_, i) => ({ id: String(i), method: 'GET', url: '/users?$top=1' }));
    expect((await batch(gets(20))).body.responses).toHaveLength(20);
    const { status, body } = await batch(gets(21));
    expect([status, body.error.message]).toEqual([
      400,
      'Number of batch request steps exceeds the maximum value of 20.',
    ]);
  });

  it.each([
    ['no requests', [], 'Invalid batch payload format.'],
    ['no list', 'all', 'Invalid batch payload format.'],
    [
      'two of one id',
      [
        { id: '1', method: 'GET', url: '/users' },
        { id: '1', method: 'GET', url: '/users' },
      ],
      'Request Id 1 has to be unique in a batch.',
    ],
    [
      'a circle',
      [
        { id: '1', method: 'GET', url: '/users', dependsOn: ['2'] },
        { id: '2', method: 'GET', url: '/users', dependsOn: ['1'] },
      ],
      'Invalid batch payload format.',
    ],
    [
      'an unknown dependency',
      [{ id: '1', method: 'GET', url: '/users', dependsOn: ['9'] }],
      'Invalid batch payload format.',
    ],
  ])('refuses a batch with %s', async (_, requests, message) => {
    const { status, body } = await batch(requests);
    expect([status, body.error.code, body.error.message]).toEqual([400, 'BadRequest', message]);
  });

  it('throttles its requests one by one', async () => {
    await described.sandbox.faults.set({ throttle: { next: 2, retryAfter: 7 } });
    const { status, body } = await batch(
      [1, 2, 3].map((id) => ({ id: String(id), method: 'GET', url: '/users?$top=1' })),
    );
    expect(status).toBe(200);
    expect(body.responses.map((answer: { status: number }) => answer.status)).toEqual([429, 429, 200]);
    expect(body.responses[0].headers['Retry-After']).toBe('7');
    expect(body.responses[0].body.error.code).toBe('TooManyRequests');
  });
});
