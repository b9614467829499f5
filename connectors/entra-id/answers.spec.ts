import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { createServerCertificate } from '../../sandbox/certificates.js';
import { op, refusal } from '../conformance/stage.js';
import type { AnyConnector } from '../contract/connector.js';
import { configurationFor } from './configuration.harness.js';
import { entraId } from './index.js';
import { somebody } from './person.harness.js';

interface Asked {
  method: string;
  /** Path and query, decoded. */
  url: string;
  authorization?: string;
  body?: unknown;
}
type Answer = { status?: number; body?: unknown; raw?: string; headers?: Record<string, string> };

/** Stands for an item that is missing in the answer to a batch. */
const NOT_ANSWERED = 0;
const HOLDER = '11111111-2222-4333-8444-555555555555';

/** Answers that the sandbox does not give, because it is a tenant where nothing is ever amiss. */
describe('rare answers of Graph', () => {
  let server: Server;
  let connector: Required<AnyConnector>;
  let origin: string;
  let asked: Asked[];
  let tokens = 0;
  let answer: (request: Asked) => Answer;
  const app = { tenantId: 'tenure.example', clientId: '0f8fad5b-d9cb-469f-a165-70867728950e', clientSecret: 'secret' };

  beforeAll(async () => {
    const certificate = await createServerCertificate();
    server = createServer(certificate, async (request, response) => {
      let text = '';
      for await (const chunk of request) text += chunk;
      const url = decodeURIComponent(request.url ?? '');
      const isToken = url.includes('/oauth2/v2.0/token');
      const json = request.headers['content-type']?.includes('json');
      const entry = {
        method: request.method ?? '',
        url,
        authorization: request.headers.authorization,
        body: json && text ? JSON.parse(text) : undefined,
      };
      if (!isToken) asked.push(entry);
      const reply = isToken
        ? { body: { token_type: 'Bearer', expires_in: 3600, access_token: `token-${++tokens}` } }
        : answerTo(entry);
      response.writeHead(reply.status ?? 200, { 'content-type': 'application/json', ...reply.headers });
      response.end(reply.raw ?? JSON.stringify(reply.body ?? {}));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    origin = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
    connector = entraId.connect(
      configurationFor({ baseUrl: origin, ca: certificate.cert, ...app }),
    ) as Required<AnyConnector>;
  });
  beforeEach(() => {
    asked = [];
  });
  afterAll(async () => {
    await connector.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  /** A batch is answered request by request. */
  function answerTo(request: Asked): Answer {
    if (!request.url.endsWith('/$batch')) return answer(request);
    const { requests } = request.body as { requests: { id: string; method: string; url: string }[] };
    const responses = requests.map(({ id, method, url }) => {
      const { status = 200, body } = answer({ method, url: `/v1.0${decodeURIComponent(url)}` });
      return { id, status, body };
    });
    return { body: { responses: responses.filter(({ status }) => status !== NOT_ANSWERED) } };
  }

  const missing = { status: 404, body: { error: { code: 'Request_ResourceNotFound', message: 'Not there.' } } };
  const collision = (property: string, details?: object[]): Answer => ({
    status: 400,
    body: {
      error: {
        code: 'Request_BadRequest',
        message: `Another object with the same value for property ${property} already exists.`,
        ...(details && { details }),
      },
    },
  });
  const details = (property: string) => [
    { code: 'ObjectConflict', target: property },
    { code: 'ConflictingObjects', target: HOLDER },
  ];

  /** A tenant without accounts, where the first name collides. */
  function colliding(collide: Answer, others: (request: Asked) => Answer | undefined): typeof answer {
    let first = true;
    return (request) => {
      const other = others(request);
      if (other) return other;
      if (request.method === 'POST' && request.url === '/v1.0/users') {
        if (first) {
          first = false;
          return collide;
        }
        return { status: 201, body: { id: 'new', ...(request.body as object) } };
      }
      return request.url.startsWith('/v1.0/users?') ? { body: { value: [] } } : missing;
    };
  }

  describe('a user principal name that is taken', () => {
    const deleted = (employeeId: string) => (request: Asked) =>
      request.url.startsWith(`/v1.0/directory/deletedItems/${HOLDER}/`)
        ? { body: { id: HOLDER, employeeId } }
        : undefined;

    it('by a deleted account of somebody else makes way for the next', async () => {
      answer = colliding(collision('userPrincipalName', details('userPrincipalName')), deleted('hr-else'));
      const { outcome, account } = await connector.create(op(), somebody());
      expect([outcome, account.name]).toEqual(['created', expect.stringMatching(/^person\.\d+2@tenure\.example$/)]);
    });

    it('by the person’s own deleted account asks for its restoration', async () => {
      const draft = somebody();
      answer = colliding(
        collision('userPrincipalName', details('userPrincipalName')),
        deleted(draft.correlation.value),
      );
      const error = await refusal(connector.create(op(), draft), 'conflict');
      expect(error.message).toContain('restore it');
    });

    it('by nobody who is shown is no reason for the next', async () => {
      answer = colliding(collision('userPrincipalName'), () => undefined);
      const error = await refusal(connector.create(op(), somebody()), 'transient');
      expect(error.message).toContain('does not show yet whose it is');
      expect(asked.filter((request) => request.method === 'POST' && request.url === '/v1.0/users')).toHaveLength(1);
    });

    it('is looked up by name where Graph does not say whose it is', async () => {
      const draft = somebody();
      const upn = draft.unique[0]?.base as string;
      let reads = 0;
      answer = colliding(collision('userPrincipalName'), (request) => {
        if (!request.url.startsWith(`/v1.0/users/${upn}?`)) return undefined;
        return ++reads === 1 ? missing : { body: { id: HOLDER, employeeId: draft.correlation.value } };
      });
      expect(await connector.create(op(), draft)).toMatchObject({ outcome: 'existed', account: { id: HOLDER } });
    });
  });

  it('a collision of a value that has no other candidate is a conflict', async () => {
    const holder = (request: Asked) =>
      request.url.startsWith(`/v1.0/users/${HOLDER}?`) ? { body: { id: HOLDER, employeeId: 'hr-else' } } : undefined;
    const draft = somebody();
    draft.attributes.mail = 'taken@tenure.example';
    answer = colliding(collision('proxyAddresses', details('proxyAddresses')), holder);
    const error = await refusal(connector.create(op(), draft), 'conflict');
    expect(error.message).toContain('proxyAddresses');
    // Where only the user principal name becomes an address, the next one is free.
    delete draft.attributes.mail;
    answer = colliding(collision('proxyAddresses', details('proxyAddresses')), holder);
    expect((await connector.create(op(), draft)).outcome).toBe('created');
  });

  it('reads every page, and fails where one fails', async () => {
    const group = (id: string) => ({ '@odata.type': '#microsoft.graph.group', id, displayName: `Group ${id}` });
    const next = `${origin}/v1.0/users/u/memberOf?$select=id&$skiptoken=a%2Bb`;
    answer = ({ url }) =>
      url.includes('$skiptoken=a+b')
        ? { body: { value: [group('2'), { '@odata.type': '#microsoft.graph.directoryRole', id: '3' }] } }
        : { body: { value: [group('1')], '@odata.nextLink': next } };
    expect((await connector.memberships(op(), 'u')).map(({ id }) => id)).toEqual(['1', '2']);
    answer = ({ url }) =>
      url.includes('$skiptoken') ? { status: 500 } : { body: { value: [group('1')], '@odata.nextLink': next } };
    await refusal(connector.memberships(op(), 'u'), 'transient');
  });

  it('never sends the token to another host', async () => {
    const { port } = new URL(origin);
    answer = ({ url }) =>
      url.includes('$skiptoken')
        ? { body: { value: [] } }
        : { body: { value: [], '@odata.nextLink': `https://localhost:${port}/v1.0/users/u/memberOf?$skiptoken=x` } };
    await connector.memberships(op(), 'u');
    expect(asked.map((request) => request.authorization !== undefined)).toEqual([true, false]);
  });

  it('takes a broken body and a missing item of a batch for passing failures', async () => {
    answer = () => ({ raw: '{"value":[' });
    await refusal(connector.find(op(), { attribute: 'employeeId', value: 'hr-1' }), 'transient');
    answer = () => ({ status: 502, raw: '<html>Bad gateway</html>', headers: { 'content-type': 'text/html' } });
    await refusal(connector.find(op(), { attribute: 'employeeId', value: 'hr-1' }), 'transient');
    answer = ({ url }) => (url.startsWith('/v1.0/users?') ? { status: NOT_ANSWERED } : missing);
    await refusal(connector.create(op(), somebody()), 'transient');
  });

  it('asks for one token, and for one more, however many operations need it at once', async () => {
    const before = tokens;
    let valid = `token-${before}`;
    answer = ({ authorization }) =>
      authorization === `Bearer ${valid}`
        ? { body: { id: 'u' } }
        : { status: 401, body: { error: { code: 'InvalidAuthenticationToken', message: 'Expired.' } } };
    await Promise.all(Array.from({ length: 20 }, () => connector.read(op(), 'u')));
    expect(tokens).toBe(before);
    valid = `token-${before + 1}`;
    await Promise.all(Array.from({ length: 20 }, () => connector.read(op(), 'u')));
    expect(tokens).toBe(before + 1);
  });

  it('gives up when the new token is refused, too', async () => {
    answer = () => ({ status: 401, body: { error: { code: 'InvalidAuthenticationToken', message: 'No.' } } });
    await refusal(connector.read(op(), 'u'), 'unauthorized');
    expect(asked).toHaveLength(2);
  });
});
