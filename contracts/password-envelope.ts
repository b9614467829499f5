import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
} from 'node:crypto';

/*
 * A password on its way from the activation page to a directory. The API seals it to the public key of whoever will
 * set it (the worker, or a gateway), and cannot open it again. The scheme is the usual one of ECIES and HPKE (RFC 9180,
 * base mode): an ephemeral X25519 key, HKDF-SHA256 over the shared secret, AES-256-GCM.
 */

/** What passwords are sealed to. */
export interface EnvelopePublicKey {
  id: string;
  publicKey: KeyObject;
}

/** What opens them. Whoever holds it reads every envelope that was sealed to it. */
export interface EnvelopePrivateKey {
  id: string;
  privateKey: KeyObject;
}

/** What an envelope is for. It is authenticated with the password: an envelope opens for nothing else. */
export interface EnvelopeContext {
  /** The person's UUID. */
  person: string;
  /** The directory's name. */
  directory: string;
  /** The UUID of the request that brought the password. */
  request: string;
}

/** A sealed password, as it is stored. */
export interface PasswordEnvelope {
  keyId: string;
  /** One byte of version, the ephemeral public key (32 bytes, RFC 7748), the ciphertext, the tag (16 bytes). */
  sealed: Buffer;
}

/** An envelope that cannot be opened, and why. It says nothing of what is inside. */
export class EnvelopeError extends Error {
  override readonly name = 'EnvelopeError';
}

const VERSION = 1;
const PUBLIC_BYTES = 32;
const TAG_BYTES = 16;
const HEAD_BYTES = 1 + PUBLIC_BYTES;
/** Passwords are padded to a multiple of this, so that the ciphertext does not tell their length. */
const BLOCK_BYTES = 256;
/** SubjectPublicKeyInfo of an X25519 key up to the key itself (RFC 8410). */
const SPKI_PREFIX = Buffer.from('302a300506032b656e032100', 'hex');

/** Seals a password for one directory. */
export function sealPassword(
  recipient: EnvelopePublicKey,
  password: string,
  context: EnvelopeContext,
): PasswordEnvelope {
  const ephemeral = generateKeyPairSync('x25519');
  const head = Buffer.concat([Buffer.of(VERSION), rawPublicKey(ephemeral.publicKey)]);
  const { key, nonce } = deriveKey(ephemeral.privateKey, recipient.publicKey, head, recipient.publicKey);
  const padded = pad(password);
  try {
    const cipher = createCipheriv('aes-256-gcm', key, nonce);
    cipher.setAAD(aad(recipient.id, context));
    const sealed = Buffer.concat([head, cipher.update(padded), cipher.final(), cipher.getAuthTag()]);
    return { keyId: recipient.id, sealed };
  } finally {
    key.fill(0);
    padded.fill(0);
  }
}

/**
 * Opens an envelope. Throws an `EnvelopeError` when no key has its id, when it was changed, or when it was sealed for
 * another person, directory or request. Hold the result as briefly as possible.
 */
export function openPassword(
  keys: readonly EnvelopePrivateKey[],
  envelope: PasswordEnvelope,
  context: EnvelopeContext,
): string {
  const { keyId, sealed } = envelope;
  const own = keys.find(({ id }) => id === keyId)?.privateKey;
  if (!own) throw new EnvelopeError(`The password was sealed to the key "${keyId}", which is not in the keyring.`);
  if (sealed.length < HEAD_BYTES + TAG_BYTES || sealed[0] !== VERSION) {
    throw new EnvelopeError('The sealed password is damaged or of a version that this release does not know.');
  }
  const head = sealed.subarray(0, HEAD_BYTES);
  const tagAt = sealed.length - TAG_BYTES;
  let padded: Buffer | undefined;
  try {
    const { key, nonce } = deriveKey(own, publicKeyOf(head.subarray(1)), head, createPublicKey(own));
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
    key.fill(0);
    decipher.setAAD(aad(keyId, context));
    decipher.setAuthTag(sealed.subarray(tagAt));
    padded = decipher.update(sealed.subarray(HEAD_BYTES, tagAt));
    decipher.final();
    return padded.toString('utf8', 4, 4 + padded.readUInt32BE(0));
  } catch {
    throw new EnvelopeError('The sealed password does not open: it was changed, or it is for something else.');
  } finally {
    padded?.fill(0);
  }
}

/** Key and nonce for one envelope. Both follow from the ephemeral key, so neither is ever used twice. */
function deriveKey(
  own: KeyObject,
  other: KeyObject,
  head: Buffer,
  recipient: KeyObject,
): { key: Buffer; nonce: Buffer } {
  const shared = diffieHellman({ privateKey: own, publicKey: other });
  const salt = Buffer.concat([head, rawPublicKey(recipient)]);
  const derived = Buffer.from(hkdfSync('sha256', shared, salt, 'tenure/password-envelope/v1', 44));
  shared.fill(0);
  return { key: derived.subarray(0, 32), nonce: derived.subarray(32) };
}

/** Unambiguous whatever the values are: a JSON array. */
const aad = (keyId: string, { person, directory, request }: EnvelopeContext): Buffer =>
  Buffer.from(JSON.stringify([keyId, person, directory, request]));

function pad(password: string): Buffer {
  const length = Buffer.byteLength(password);
  const padded = Buffer.alloc(Math.ceil((4 + length) / BLOCK_BYTES) * BLOCK_BYTES);
  padded.writeUInt32BE(length);
  padded.write(password, 4);
  return padded;
}

const rawPublicKey = (key: KeyObject): Buffer =>
  key.export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX.length);

const publicKeyOf = (raw: Buffer): KeyObject =>
  createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
