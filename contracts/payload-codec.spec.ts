import { createSecretKey, randomBytes } from 'node:crypto';
import { ApplicationFailure, defaultPayloadConverter, type Payload, toPayloads } from '@temporalio/common';
import {
  decodeFromPayloadsAtIndex,
  encodeErrorToFailure,
  loadDataConverter,
} from '@temporalio/common/lib/internal-non-workflow';
import { bundleWorkflowCode } from '@temporalio/worker';
import { createDataConverter, createPayloadCodec, failureConverterPath, type PayloadKey } from './payload-codec.js';

const key = (id: string): PayloadKey => ({ id, key: createSecretKey(randomBytes(32)) });
const payloads = (...values: unknown[]): Payload[] => toPayloads(defaultPayloadConverter, ...values) ?? [];
const bytes = (payload: Payload | undefined): Buffer => Buffer.from(payload?.data ?? []);

async function one(encoded: Promise<Payload[]>): Promise<Payload> {
  const [payload] = await encoded;
  if (!payload) throw new Error('no payload');
  return payload;
}

describe('the payload codec', () => {
  const current = key('2026-b');
  const earlier = key('2026-a');

  it('hides a payload and gives it back whole', async () => {
    const codec = createPayloadCodec([current]);
    const original = payloads({ displayName: 'Žofie "X" 😀' }, undefined, new Uint8Array([0, 1, 255]));
    const encoded = await codec.encode(original);
    for (const payload of encoded) {
      expect(String(payload.metadata?.encoding)).toBe('binary/encrypted');
      expect(String(payload.metadata?.['encryption-key-id'])).toBe('2026-b');
      expect(bytes(payload).includes('Žofie')).toBe(false);
      expect(bytes(payload).includes('json/plain')).toBe(false);
    }
    const decoded = await codec.decode(encoded);
    expect(decoded.map((payload) => defaultPayloadConverter.fromPayload(payload))).toEqual([
      { displayName: 'Žofie "X" 😀' },
      undefined,
      new Uint8Array([0, 1, 255]),
    ]);
  });

  it('never encrypts alike twice', async () => {
    const codec = createPayloadCodec([current]);
    const [first, second] = await codec.encode(payloads('same', 'same'));
    expect(bytes(first).equals(bytes(second))).toBe(false);
  });

  it('encrypts with the first key and opens with every key', async () => {
    const old = await createPayloadCodec([earlier]).encode(payloads('before'));
    const rotated = createPayloadCodec([current, earlier]);
    expect(defaultPayloadConverter.fromPayload(await one(rotated.decode(old)))).toBe('before');
    const fresh = await one(rotated.encode(payloads('after')));
    expect(String(fresh.metadata?.['encryption-key-id'])).toBe('2026-b');
  });

  it('names the key that is missing', async () => {
    const encoded = await createPayloadCodec([earlier]).encode(payloads('x'));
    await expect(createPayloadCodec([current]).decode(encoded)).rejects.toThrow(
      /key "2026-a", which is not in the keyring/,
    );
  });

  it.each(['nonce', 'ciphertext', 'tag'])('refuses a payload whose %s was changed', async (part) => {
    const codec = createPayloadCodec([current]);
    const payload = await one(codec.encode(payloads('x')));
    const data = bytes(payload);
    const at = { nonce: 0, ciphertext: 14, tag: data.length - 1 }[part] ?? 0;
    data.writeUInt8(data.readUInt8(at) ^ 1, at);
    await expect(codec.decode([{ ...payload, data }])).rejects.toThrow(/does not open with the key "2026-b"/);
  });

  it('refuses a payload under another key id, even with the same key bytes', async () => {
    const alias = { ...current, id: 'alias' };
    const codec = createPayloadCodec([current, alias]);
    const payload = await one(codec.encode(payloads('x')));
    const moved = { ...payload, metadata: { ...payload.metadata, 'encryption-key-id': Buffer.from('alias') } };
    await expect(codec.decode([moved])).rejects.toThrow(/does not open/);
  });

  it('says that a payload is cut short', async () => {
    const codec = createPayloadCodec([current]);
    const payload = await one(codec.encode(payloads('x')));
    await expect(codec.decode([{ ...payload, data: bytes(payload).subarray(0, 20) }])).rejects.toThrow(/cut short/);
  });

  it('lets payloads that were never encrypted pass', async () => {
    const plain = payloads('plain');
    expect(await createPayloadCodec([current]).decode(plain)).toEqual(plain);
  });

  it('is not made without a key', () => {
    expect(() => createPayloadCodec([])).toThrow(/at least one key/);
  });
});

describe('the data converter', () => {
  it('covers the message, the stack and the details of a failure', async () => {
    const converter = loadDataConverter(createDataConverter([key('k')]));
    const failure = await encodeErrorToFailure(
      converter,
      ApplicationFailure.create({
        message: 'marker-message',
        details: ['marker-detail'],
        cause: new Error('marker-cause'),
      }),
    );
    expect(JSON.stringify(failure)).not.toContain('marker-');
    expect(failure.stackTrace ?? '').toBe('');
    expect(failure.cause?.message).not.toContain('marker');
  });

  it('decodes what it encoded', async () => {
    const keys = [key('k')];
    const converter = loadDataConverter(createDataConverter(keys));
    const encoded = await createPayloadCodec(keys).encode(payloads({ a: 1 }));
    expect(await decodeFromPayloadsAtIndex(converter, 0, encoded)).toEqual({ a: 1 });
  });

  it('brings the failure converter, and nothing of Node, into the workflow bundle', async () => {
    // The bundler throws when a Node module gets in. Any file of ours does as the workflows.
    const { code } = await bundleWorkflowCode({
      workflowsPath: require.resolve('./task-queues.js'),
      failureConverterPath: failureConverterPath(),
      logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} },
    });
    expect(code).toContain('encodeCommonAttributes: true');
    expect(code).not.toContain('createCipheriv');
  });
});
