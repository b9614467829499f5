import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto';
import type { DataConverter, Payload as IPayload, PayloadCodec } from '@temporalio/common';
import { temporal } from '@temporalio/proto';

/*
 * Everything that Temporal stores for us is encrypted before it leaves the process: inputs, results, signals, queries,
 * memos, heartbeats and (by the failure converter) what failures say. Search attributes are not, so they hold ids only.
 *
 * Never import this file from a workflow: it needs Node's crypto, which the sandbox does not have. The sandbox gets
 * `failure-converter.ts` alone.
 */

/** A key of 256 bits, with the id that stands beside everything it encrypted. */
export interface PayloadKey {
  id: string;
  key: KeyObject;
}

const { Payload } = temporal.api.common.v1;

const ENCODING = 'binary/encrypted';
const CIPHER = 'aes-256-gcm';
/** NIST SP 800-38D: 96-bit nonces and 128-bit tags. Random nonces allow 2^32 payloads under one key; then rotate. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

const KEY_ID_METADATA = 'encryption-key-id';

/**
 * A Temporal payload codec: AES-256-GCM. An encrypted payload has the metadata `encoding: binary/encrypted` and
 * `encryption-key-id`; its data are the nonce, the ciphertext of the original payload (temporal.api.common.v1.Payload, so
 * its metadata are covered) and the tag. The key's id is authenticated with it.
 *
 * The first key encrypts, all of them decrypt. What is not encrypted passes `decode` as it is, so that histories from
 * before the codec stay readable.
 */
export function createPayloadCodec(keys: readonly PayloadKey[]): PayloadCodec {
  const [current] = keys;
  if (!current) throw new Error('The payload codec needs at least one key.');
  const byId = new Map(keys.map((key) => [key.id, key]));

  return {
    encode: async (payloads) => payloads.map((payload) => encrypt(current, payload)),
    decode: async (payloads) =>
      payloads.map((payload) => {
        if (text(payload.metadata?.encoding) !== ENCODING) return payload;
        const id = text(payload.metadata?.[KEY_ID_METADATA]);
        const key = byId.get(id);
        if (!key) {
          throw new Error(
            `A payload is encrypted with the key "${id}", which is not in the keyring. Put that key back behind the current one.`,
          );
        }
        return decrypt(key, payload.data ?? new Uint8Array());
      }),
  };
}

/** The data converter for every client and worker: the codec, and failures whose text it covers. */
export function createDataConverter(keys: readonly PayloadKey[]): DataConverter {
  return { payloadCodecs: [createPayloadCodec(keys)], failureConverterPath: failureConverterPath() };
}

/** For `bundleWorkflowCode`, which puts the failure converter into the workflow bundle. */
export function failureConverterPath(): string {
  return require.resolve('./failure-converter.js');
}

function encrypt({ id, key }: PayloadKey, payload: IPayload): IPayload {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(aad(id));
  const data = Buffer.concat([
    nonce,
    cipher.update(Payload.encode(payload).finish()),
    cipher.final(),
    cipher.getAuthTag(),
  ]);
  return { metadata: { encoding: Buffer.from(ENCODING), [KEY_ID_METADATA]: Buffer.from(id) }, data };
}

function decrypt({ id, key }: PayloadKey, data: Uint8Array): IPayload {
  if (data.length < NONCE_BYTES + TAG_BYTES) throw new Error('An encrypted payload is cut short.');
  const tagAt = data.length - TAG_BYTES;
  const decipher = createDecipheriv(CIPHER, key, data.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(aad(id));
  decipher.setAuthTag(data.subarray(tagAt));
  try {
    return Payload.decode(Buffer.concat([decipher.update(data.subarray(NONCE_BYTES, tagAt)), decipher.final()]));
  } catch (cause) {
    throw new Error(`An encrypted payload does not open with the key "${id}": it was changed, or the key was.`, {
      cause,
    });
  }
}

const aad = (keyId: string): Buffer => Buffer.from(`tenure/payload/v1/${keyId}`);

const text = (bytes: Uint8Array | null | undefined): string => (bytes ? Buffer.from(bytes).toString() : '');
