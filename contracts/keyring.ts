import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { EnvelopePrivateKey, EnvelopePublicKey } from './password-envelope.js';
import type { PayloadKey } from './payload-codec.js';

/*
 * All keys of an installation, in one file: `TENURE_KEYS_FILE`, or `keys.json` in TENURE_HOME. In every list the first
 * key is the current one; the others only open what is older. docs/security.md says how to rotate them.
 */

/** A key for HMACs, with its id. */
export interface TokenKey {
  id: string;
  key: KeyObject;
}

/** Everything: what the worker holds. Node prints no key of it. */
export interface Keyring {
  /** Encrypt what Temporal stores. */
  payload: PayloadKey[];
  /** Make the links of activation mails. */
  tokens: TokenKey[];
  /** Open the passwords that the API sealed. */
  envelopes: EnvelopePrivateKey[];
}

/** What the API holds: it seals passwords and opens none, and checks links without being able to make one. */
export interface PublicKeyring {
  payload: PayloadKey[];
  envelope: EnvelopePublicKey;
}

/** Something is wrong with the file of keys. The message says what, and what to do. */
export class KeyringError extends Error {
  override readonly name = 'KeyringError';
}

const id = z.string().regex(/^[\w.-]{1,64}$/, 'must be 1 to 64 letters, digits, dots, hyphens or underscores');

/** Base64 in the file, a key in memory. What does not become a key is an issue that says nothing of the value. */
const keyOf = (what: string, make: (bytes: Buffer) => KeyObject | undefined) =>
  z.string().transform((text, context) => {
    try {
      const key = make(Buffer.from(text, 'base64'));
      if (key) return key;
    } catch {}
    context.addIssue(`must be ${what} in base64`);
    return z.NEVER;
  });
const x25519 = (key: KeyObject) => (key.asymmetricKeyType === 'x25519' ? key : undefined);
const secretKey = keyOf('32 bytes', (key) => (key.length === 32 ? createSecretKey(key) : undefined));
const privateKey = keyOf('an X25519 key (PKCS #8, DER)', (key) =>
  x25519(createPrivateKey({ key, format: 'der', type: 'pkcs8' })),
);
const publicKey = keyOf('an X25519 key (SPKI, DER)', (key) =>
  x25519(createPublicKey({ key, format: 'der', type: 'spki' })),
);

const list = <T extends z.ZodRawShape>(members: T) =>
  z
    .array(z.strictObject({ id, ...members }))
    .min(1)
    .refine(
      (all) => new Set(all.map((key) => (key as { id: string }).id)).size === all.length,
      'has two keys with the same id',
    );

const keyringSchema = z.strictObject({
  payload: list({ key: secretKey }),
  tokens: list({ key: secretKey }),
  envelopes: list({ privateKey }),
});

/** The same without what only the worker needs; an API on a host of its own gets such a file. */
const publicKeyringSchema = z.strictObject({
  payload: list({ key: secretKey }),
  envelopes: list({ publicKey }),
});

/** Where the keys are: `TENURE_KEYS_FILE`, or `keys.json` in the given TENURE_HOME. */
export function keyringFile(home: string, env: NodeJS.ProcessEnv = process.env): string {
  return env.TENURE_KEYS_FILE || join(home, 'keys.json');
}

/**
 * Reads the keys, and makes them on the first start. Processes that start at once end up with the same keys. A file
 * that `TENURE_KEYS_FILE` names is never made: whoever manages keys by themselves gets an error for a wrong path, not
 * new keys. Throws a `KeyringError` when the file is missing, broken, or readable by others.
 */
export function ensureKeyring(home: string, env: NodeJS.ProcessEnv = process.env): Keyring {
  const file = keyringFile(home, env);
  if (!env.TENURE_KEYS_FILE) createOnce(home, file);
  return check(file, keyringSchema, read(file));
}

/**
 * Reads what the API may know: the public half of the worker's file, or a file that holds nothing else. Throws a
 * `KeyringError` like `ensureKeyring`; makes nothing.
 */
export function loadPublicKeyring(home: string, env: NodeJS.ProcessEnv = process.env): PublicKeyring {
  const file = keyringFile(home, env);
  const content = read(file);
  if (content !== null && typeof content === 'object' && 'tokens' in content) {
    return publicKeyring(check(file, keyringSchema, content));
  }
  const { payload, envelopes } = check(file, publicKeyringSchema, content);
  return { payload, envelope: first(envelopes) };
}

/** The half of the keyring that the API may have. */
export function publicKeyring(keyring: Keyring): PublicKeyring {
  const current = first(keyring.envelopes);
  return { payload: keyring.payload, envelope: { id: current.id, publicKey: createPublicKey(current.privateKey) } };
}

/** The file for an API on a host of its own, as `loadPublicKeyring` reads it: nothing in it opens or makes anything. */
export function publicKeyringText({ payload, envelopes }: Keyring): string {
  const base64 = (bytes: Buffer) => bytes.toString('base64');
  const content: z.input<typeof publicKeyringSchema> = {
    payload: payload.map(({ id, key }) => ({ id, key: base64(key.export()) })),
    envelopes: envelopes.map(({ id, privateKey }) => ({
      id,
      publicKey: base64(createPublicKey(privateKey).export({ format: 'der', type: 'spki' })),
    })),
  };
  return `${JSON.stringify(content, undefined, 2)}\n`;
}

/** New random keys, as the file holds them. */
function generate(): z.input<typeof keyringSchema> {
  const { privateKey } = generateKeyPairSync('x25519');
  const made = new Date().toISOString().slice(0, 10);
  return {
    payload: [{ id: `payload-${made}`, key: randomBytes(32).toString('base64') }],
    tokens: [{ id: `token-${made}`, key: randomBytes(32).toString('base64') }],
    envelopes: [
      {
        id: `envelope-${made}`,
        privateKey: privateKey.export({ format: 'der', type: 'pkcs8' }).toString('base64'),
      },
    ],
  };
}

/** A link fails when its name is taken, so of several processes one makes the file, and nobody sees half of it. */
function createOnce(home: string, file: string): void {
  if (existsSync(file)) return;
  try {
    mkdirSync(home, { recursive: true, mode: 0o700 });
    const draft = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
    try {
      writeFileSync(draft, `${JSON.stringify(generate(), undefined, 2)}\n`, { mode: 0o600, flag: 'wx', flush: true });
      linkSync(draft, file);
    } finally {
      rmSync(draft, { force: true });
    }
  } catch (error) {
    if (existsSync(file)) return;
    throw new KeyringError(
      `The keys cannot be written to ${file} (${(error as Error).message}). Make the folder writable, or set TENURE_HOME.`,
    );
  }
}

/** The current one. The schema lets no empty list pass. */
function first<T>([key]: readonly T[]): T {
  if (!key) throw new KeyringError('The keyring lacks a key.');
  return key;
}

function read(file: string): unknown {
  try {
    refuseForeignReaders(file);
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error instanceof KeyringError) throw error;
    // V8 quotes what it could not parse, which here is secret.
    if (error instanceof SyntaxError) throw broken(file, 'it is not JSON');
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
      throw new KeyringError(
        `The file of keys ${file} is not there. Put it back from your backup; without it nothing that was encrypted can be read.`,
      );
    }
    throw new KeyringError(`The file of keys ${file} cannot be read (${(error as Error).message}).`);
  }
}

function check<T>(file: string, schema: z.ZodType<T>, content: unknown): T {
  const { data, error } = schema.safeParse(content);
  if (error) throw broken(file, error.issues.map(describe).join('; '));
  return data as T;
}

const broken = (file: string, why: string): KeyringError =>
  new KeyringError(`The file of keys ${file} is broken (${why}). Put it back from your backup.`);

const describe = (issue: z.core.$ZodIssue): string => `${issue.path.join('.') || 'file'}: ${issue.message}`;

/** As PostgreSQL does for its TLS key: 0600, or 0640 when root owns it (how Kubernetes mounts secrets). */
function refuseForeignReaders(file: string): void {
  if (process.platform === 'win32') return;
  const { mode, uid } = statSync(file);
  const allowed = uid === 0 && process.getuid?.() !== 0 ? 0o640 : 0o600;
  if ((mode & 0o077 & ~allowed) !== 0) {
    throw new KeyringError(
      `The file of keys ${file} can be read by others (mode ${(mode & 0o777).toString(8)}). Run: chmod 600 ${file}`,
    );
  }
}
