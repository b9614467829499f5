import { startTestApi, type TestApi } from '../../test/servers/api';
import { Authenticator, SESSION_MS } from './authenticator';

interface Layer {
  route?: { path: string; methods: Record<string, boolean> };
}

/** Everything that may be called by anybody. */
const PUBLIC = [
  /^GET \/$/,
  /^GET \/health\/(live|ready)$/,
  /^GET \/api\/v1\/(openapi\.json|docs.*)$/,
  /^(GET|POST) \/api\/v1\/session$/,
  /^(GET|POST) \/activate/,
];

describe('authentication', () => {
  let api: TestApi;

  const signIn = (token: string, headers: Record<string, string> = {}) =>
    api.ask('/api/v1/session', {
      method: 'POST',
      body: new URLSearchParams({ token }),
      headers: { authorization: '', ...headers },
    });
  const decode = (headers: Record<string, string>) =>
    api.ask('/api/v1/codec/decode', {
      method: 'POST',
      json: { payloads: [] },
      headers: { authorization: '', ...headers },
    });
  const cookieOf = (answer: { headers: Headers }): string => answer.headers.getSetCookie()[0]?.split(';')[0] ?? '';

  beforeAll(async () => {
    api = await startTestApi();
  });

  afterAll(() => api.stop());

  it('is asked of every route but health, the activation page, the sign-in page and the API document', async () => {
    const { router } = api.app.getHttpAdapter().getInstance() as { router: { stack: Layer[] } };
    const routes = router.stack.flatMap(({ route }) =>
      route && Object.keys(route.methods).length < 5
        ? Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`)
        : [],
    );
    const guarded = routes.filter((route) => !PUBLIC.some((pattern) => pattern.test(route)));
    expect(guarded).toEqual(expect.arrayContaining(['POST /api/v1/events', 'GET /metrics', 'PUT /api/v1/policies']));
    for (const route of guarded) {
      const [method = '', path = ''] = route.split(' ');
      const { status } = await api.ask(path.replace(':id', 'x'), { method, headers: { authorization: '' } });
      expect(`${route}: ${status}`).toBe(`${route}: 401`);
    }
    for (const path of ['/health/live', '/health/ready', '/api/v1/openapi.json', '/api/v1/docs', '/api/v1/session']) {
      expect(`${path}: ${(await api.ask(path, { headers: { authorization: '' } })).status}`).toBe(`${path}: 200`);
    }
  });

  it('opens the codec, and nothing else, to a browser that has signed in', async () => {
    const answer = await signIn(api.token);
    expect(answer.status).toBe(200);
    expect(answer.headers.getSetCookie()).toEqual([
      expect.stringMatching(
        /^tenure_codec=[^;]+; Max-Age=36000; Path=\/api\/v1\/codec; Expires=[^;]+; HttpOnly; SameSite=Strict$/,
      ),
    ]);
    const cookie = cookieOf(answer);
    expect((await decode({ cookie: `other=1; ${cookie}` })).status).toBe(200);
    expect((await api.ask('/api/v1/directories', { headers: { authorization: '', cookie } })).status).toBe(401);
  });

  it('refuses a wrong token, a forged cookie and a session that is over', async () => {
    const wrong = await signIn(`${api.token}x`);
    expect(wrong).toMatchObject({ status: 401, text: expect.stringContaining('not the token') });
    expect(wrong.headers.getSetCookie()).toEqual([]);
    const cookie = cookieOf(await signIn(api.token));
    const [name, value = ''] = cookie.split('=', 2);
    const [expires, signature] = value.split('.');
    for (const forged of [
      '',
      'x',
      `${Number(expires) + 1}.${signature}`,
      `${expires}.`,
      `${expires}.AAAA`,
      signature,
    ]) {
      expect((await decode({ cookie: `${name}=${forged}` })).status).toBe(401);
    }
    const authenticator = api.app.get(Authenticator);
    const request = { headers: { cookie } };
    expect(authenticator.bySession(request, Date.now() + SESSION_MS - 60_000)).toBeDefined();
    expect(authenticator.bySession(request, Date.now() + SESSION_MS)).toBeUndefined();
  });

  it('signs nobody in from a form on another site', async () => {
    const foreign: Record<string, string>[] = [
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: 'http://127.0.0.1:8080' },
    ];
    for (const headers of foreign) {
      const answer = await signIn(api.token, headers);
      expect(answer.status).toBe(403);
      expect(answer.headers.getSetCookie()).toEqual([]);
    }
  });

  it('signs out', async () => {
    const answer = await api.ask('/api/v1/session', {
      method: 'POST',
      body: new URLSearchParams({ action: 'sign-out' }),
    });
    expect(answer.headers.getSetCookie()[0]).toMatch(/^tenure_codec=; Path=\/api\/v1\/codec; Expires=Thu, 01 Jan 1970/);
  });

  it('slows down whoever guesses tokens', async () => {
    const statuses = await Promise.all(Array.from({ length: 20 }, async () => (await signIn('guess')).status));
    expect(statuses).toContain(429);
  });

  it('never writes a token to the log', async () => {
    await api.ask('/activate?token=secret-of-a-mail&x=1');
    await api.ask('/api/v1/nothing?password=hunter2');
    const log = api.log();
    expect(log).toContain('/activate?token=[redacted]&x=1');
    for (const secret of [api.token, 'secret-of-a-mail', 'hunter2', 'tenure_codec=']) expect(log).not.toContain(secret);
  });
});
