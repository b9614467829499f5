import { startTestApi, type TestApi } from '../../test/servers/api';

describe('problems', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi();
  });

  afterAll(() => api.stop());

  it.each([
    ['GET', '/nothing', 404, 'not-found'],
    ['GET', '/api/v1/', 404, 'not-found'],
    ['GET', '/api/v2/events', 404, 'not-found'],
    ['GET', '/api/v1/people/nobody', 404, 'not-found'],
    ['GET', '/%', 400, 'invalid-request'],
    ['GET', '/api/v1/people/%E0%A4%A', 400, 'invalid-request'],
    ['GET', '/api/v1/people/%00', 400, 'invalid-request'],
    ['PUT', '/api/v1/events', 405, 'method-not-allowed'],
    ['POST', '/api/v1/reports/provisioning', 405, 'method-not-allowed'],
    ['DELETE', '/api/v1/policies', 405, 'method-not-allowed'],
  ])('answers %s %s with %i in the form of RFC 9457', async (method, path, status, kind) => {
    const answer = await api.ask(path, { method });
    expect(answer.status).toBe(status);
    expect(answer.headers.get('content-type')).toBe('application/problem+json; charset=utf-8');
    const id = answer.headers.get('x-request-id');
    expect(answer.body).toMatchObject({
      type: `urn:tenure:problem:${kind}`,
      title: expect.any(String),
      status,
      detail: expect.stringMatching(/\.$/),
      instance: `urn:tenure:request:${id}`,
    });
    expect(api.log()).toContain(`"id":"${id}"`);
  });

  it('names the methods that are offered', async () => {
    expect((await api.ask('/api/v1/policies', { method: 'DELETE' })).headers.get('allow')).toBe('GET, HEAD, PUT');
    expect((await api.ask('/api/v1/events', { method: 'GET' })).headers.get('allow')).toBe('POST');
  });

  it('says nothing of the inside when something unforeseen breaks, and logs it without values', async () => {
    await api.database.query('ALTER TABLE policy RENAME TO elsewhere');
    const { status, text } = await api.ask('/api/v1/policies');
    await api.database.query('ALTER TABLE elsewhere RENAME TO policy');
    expect(status).toBe(500);
    expect(text).not.toMatch(/policy|relation|select/i);
    expect(api.log()).toContain('relation \\"policy\\" does not exist');
  });

  it('logs no personal data of an event that could not be stored', async () => {
    await api.database.query('ALTER TABLE lifecycle_event RENAME TO elsewhere');
    const person = { personId: 'E-secret-id', familyName: 'Secretname' };
    const json = { type: 'joiner', source: 's', eventId: '1', person };
    expect((await api.ask('/api/v1/events', { method: 'POST', json })).status).toBe(500);
    await api.database.query('ALTER TABLE elsewhere RENAME TO lifecycle_event');
    expect(api.log()).not.toMatch(/Secretname|E-secret-id/);
  });

  it("keeps the caller's id of a request when it is harmless", async () => {
    const ask = async (id: string) =>
      (await api.ask('/health/live', { headers: { 'x-request-id': id } })).headers.get('x-request-id');
    expect(await ask('hr-feed.17')).toBe('hr-feed.17');
    expect(await ask('a b"}')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('sends the headers that browsers need to be safe', async () => {
    const { headers } = await api.ask('/api/v1/session');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('content-security-policy')).not.toContain('upgrade-insecure-requests');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});
