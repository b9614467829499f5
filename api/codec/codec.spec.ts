import { createSecretKey, randomBytes } from 'node:crypto';
import { defaultPayloadConverter } from '@temporalio/common';
import { createPayloadCodec } from '../../contracts/payload-codec';
import { startTestApi, type TestApi } from '../../test/servers/api';

const toJson = ({ metadata, data }: { metadata?: Record<string, Uint8Array> | null; data?: Uint8Array | null }) => ({
  metadata: Object.fromEntries(
    Object.entries(metadata ?? {}).map(([name, value]) => [name, Buffer.from(value).toString('base64')]),
  ),
  data: Buffer.from(data ?? []).toString('base64'),
});

describe('the codec endpoint', () => {
  let api: TestApi;

  const decode = (json: unknown, headers: Record<string, string> = {}) =>
    api.ask('/api/v1/codec/decode', { method: 'POST', json, headers });

  beforeAll(async () => {
    api = await startTestApi();
  });

  afterAll(() => api.stop());

  it('decrypts what our codec has encrypted, and leaves plain payloads as they are', async () => {
    const plain = defaultPayloadConverter.toPayload({ name: 'Zoë' });
    const [encrypted] = await createPayloadCodec(api.options.keyring.payload).encode([plain]);
    if (!encrypted) throw new Error('One payload in, one out.');
    const { status, body } = await decode({ payloads: [toJson(encrypted), toJson(plain)] });
    expect(status).toBe(200);
    expect(body).toEqual({ payloads: [toJson(plain), toJson(plain)] });
  });

  it('says which key is missing', async () => {
    const key = { id: 'lost', key: createSecretKey(randomBytes(32)) };
    const [encrypted] = await createPayloadCodec([key]).encode([defaultPayloadConverter.toPayload('x')]);
    const { status, body } = await decode({ payloads: [toJson(encrypted ?? {})] });
    expect({ status, detail: body.detail }).toEqual({ status: 400, detail: expect.stringContaining('"lost"') });
  });

  it.each([{}, { payloads: 1 }, { payloads: [{ data: 5 }] }, [], null])('refuses %j', async (json) => {
    expect((await decode(json)).status).toBe(400);
  });

  it("answers browsers on the pages of Temporal's web UI, with credentials, and on no others", async () => {
    const preflight = (origin: string, path = '/api/v1/codec/decode') =>
      api.ask(path, {
        method: 'OPTIONS',
        headers: {
          authorization: '',
          origin,
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'content-type,x-namespace',
        },
      });
    for (const origin of ['http://127.0.0.1:8233', 'http://localhost:8233']) {
      const { status, headers } = await preflight(origin);
      expect(status).toBe(204);
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-allow-credentials')).toBe('true');
      expect(headers.get('access-control-allow-headers')).toContain('X-Namespace');
      const answer = await decode({ payloads: [] }, { origin });
      expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    }
    for (const [origin, path] of [
      ['http://evil.example', undefined],
      ['http://127.0.0.1:8234', undefined],
      ['http://127.0.0.1:8233', '/api/v1/events'],
    ] as const) {
      expect((await preflight(origin, path)).headers.get('access-control-allow-origin')).toBeNull();
    }
  });
});
