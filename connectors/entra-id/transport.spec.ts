import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { createServerCertificate } from '../../sandbox/certificates.js';
import { Transport, type TransportError } from './transport.js';

describe('transport', () => {
  let server: Server;
  let url: string;
  let ca: string;
  let answer: (request: IncomingMessage, response: ServerResponse) => void;
  const connections = new Set<Socket>();
  const opened: Transport[] = [];

  beforeAll(async () => {
    const certificate = await createServerCertificate();
    ca = certificate.cert;
    server = createServer(certificate, (request, response) => answer(request, response));
    server.on('secureConnection', (socket) => connections.add(socket));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  beforeEach(() => {
    connections.clear();
    answer = (_, response) => response.setHeader('content-type', 'application/json').end('{"ok":true}');
  });

  afterEach(() => {
    for (const transport of opened.splice(0)) transport.close();
  });

  afterAll(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });

  function transport(over: Partial<{ maxConnections: number; requestTimeoutMs: number; ca: string | undefined }> = {}) {
    const made = new Transport({ maxConnections: 4, requestTimeoutMs: 5000, ca, ...over });
    opened.push(made);
    return made;
  }

  const failure = (call: Promise<unknown>) =>
    call.then(
      () => undefined,
      (error: TransportError) => error,
    );

  it('sends and brings back the whole exchange', async () => {
    answer = (request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += chunk));
      request.on('end', () =>
        response.writeHead(201, { 'x-said': request.headers['x-say'] }).end(`${request.method} ${body}`),
      );
    };
    const response = await transport().send(url, { method: 'POST', headers: { 'x-say': 'hello' }, body: 'Zoë' });
    expect([response.status, response.headers.get('x-said'), await response.text()]).toEqual([
      201,
      'hello',
      'POST Zoë',
    ]);
  });

  it('keeps its connections and opens no more than it may', async () => {
    const many = transport({ maxConnections: 3 });
    await Promise.all(Array.from({ length: 20 }, () => many.send(url, { method: 'GET', headers: {} })));
    await many.send(url, { method: 'GET', headers: {} });
    expect(connections.size).toBe(3);
  });

  it('gives up an answer that does not come in time', async () => {
    answer = (_, response) => response.flushHeaders();
    const error = await failure(transport({ requestTimeoutMs: 100 }).send(url, { method: 'GET', headers: {} }));
    expect([error?.kind, error?.message]).toEqual(['timeout', expect.stringContaining('within 0.1 s')]);
  });

  it('gives up when it is called off', async () => {
    const controller = new AbortController();
    answer = () => controller.abort();
    const { signal } = controller;
    expect((await failure(transport().send(url, { method: 'GET', headers: {}, signal })))?.kind).toBe('aborted');
  });

  it('takes an answer that is cut short for none', async () => {
    answer = (_, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"value":[');
      response.socket?.end();
    };
    expect((await failure(transport().send(url, { method: 'GET', headers: {} })))?.kind).toBe('connection');
  });

  it('reads again on another connection when the server has closed the kept one, and never writes twice', async () => {
    let requests = 0;
    const one = transport({ maxConnections: 1 });
    await one.send(url, { method: 'GET', headers: {} });
    answer = (_, response) => {
      if (++requests === 1) response.socket?.destroy();
      else response.end('again');
    };
    expect(await (await one.send(url, { method: 'GET', headers: {} })).text()).toBe('again');
    requests = 0;
    expect((await failure(one.send(url, { method: 'POST', headers: {}, body: '{}' })))?.kind).toBe('connection');
    expect(requests).toBe(1);
  });

  it('trusts nobody whom it was not told to', async () => {
    const error = await failure(transport({ ca: undefined }).send(url, { method: 'GET', headers: {} }));
    expect(error?.kind).toBe('certificate');
  });
});
