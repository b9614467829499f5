import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { ensureKeyring, KeyringError, loadPublicKeyring, publicKeyringText } from './keyring.js';
import { openPassword, sealPassword } from './password-envelope.js';

const none = {} as NodeJS.ProcessEnv;

describe('the keyring', () => {
  let folder: string;
  let home: string;
  let file: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'tenure-keys-'));
    home = join(folder, 'home');
    file = join(home, 'keys.json');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const content = () => JSON.parse(readFileSync(file, 'utf8'));
  const write = (value: unknown) => {
    mkdirSync(home, { recursive: true });
    writeFileSync(file, typeof value === 'string' ? value : JSON.stringify(value), { mode: 0o600 });
    chmodSync(file, 0o600);
  };

  it('is made on the first start, for the owner alone, and is the same on the next', () => {
    const first = ensureKeyring(home, none);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(statSync(home).mode & 0o777).toBe(0o700);
    expect(readdirSync(home)).toEqual(['keys.json']);
    const second = ensureKeyring(home, none);
    expect(second.tokens[0]?.key.equals(first.tokens[0]?.key as never)).toBe(true);
    expect(second.envelopes[0]?.privateKey.equals(first.envelopes[0]?.privateKey as never)).toBe(true);
  });

  it('is made once by processes that start at the same time', async () => {
    const script = `require('node:process').stdout.write(require(process.argv[1]).ensureKeyring(process.argv[2], {}).tokens[0].key.export().toString('hex'))`;
    const keys = await Promise.all(
      Array.from({ length: 4 }, () => run(['--import', 'tsx', '-e', script, join(__dirname, 'keyring.ts'), home])),
    );
    expect(keys[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(new Set(keys).size).toBe(1);
  }, 60_000);

  it('gives the API a public half that seals for the worker', () => {
    const keyring = ensureKeyring(home, none);
    const forApi = loadPublicKeyring(home, none);
    expect(Object.keys(forApi).sort()).toEqual(['envelope', 'payload']);
    expect(forApi.envelope.publicKey.type).toBe('public');
    const context = { person: 'p', directory: 'd', request: 'r' };
    expect(openPassword(keyring.envelopes, sealPassword(forApi.envelope, 'secret', context), context)).toBe('secret');
  });

  it('takes a file for the API alone, and does not let the worker start with it', () => {
    const keyring = ensureKeyring(home, none);
    const [{ privateKey }] = content().envelopes;
    write(publicKeyringText(keyring));
    expect(readFileSync(file, 'utf8')).not.toContain(privateKey);
    const forApi = loadPublicKeyring(home, none);
    const context = { person: 'p', directory: 'd', request: 'r' };
    expect(openPassword(keyring.envelopes, sealPassword(forApi.envelope, 'secret', context), context)).toBe('secret');
    expect(() => ensureKeyring(home, none)).toThrow(/tokens: .*; envelopes\.0\.privateKey/);
  });

  it('puts the first key of a list first after a rotation', () => {
    const before = ensureKeyring(home, none);
    const kept = content();
    rmSync(file);
    ensureKeyring(home, none);
    const fresh = content();
    fresh.envelopes[0].id = 'envelope-next';
    fresh.payload[0].id = 'payload-next';
    write({
      payload: [...fresh.payload, ...kept.payload],
      tokens: kept.tokens,
      envelopes: [...fresh.envelopes, ...kept.envelopes],
    });
    const after = ensureKeyring(home, none);
    expect(after.payload.map(({ id }) => id)).toEqual(['payload-next', before.payload[0]?.id]);
    expect(loadPublicKeyring(home, none).envelope.id).toBe('envelope-next');
  });

  it.each([0o640, 0o604, 0o660])('is refused with mode %o', (mode) => {
    ensureKeyring(home, none);
    chmodSync(file, mode);
    expect(() => ensureKeyring(home, none)).toThrow(new RegExp(`can be read by others .*chmod 600 ${file}`));
    expect(() => loadPublicKeyring(home, none)).toThrow(KeyringError);
  });

  it.each([
    ['no JSON', '{"payload": [{"id": "secret-marker"', /is broken \(it is not JSON\)/],
    ['a short key', { payload: [{ id: 'a', key: 'c2hvcnQtbWFya2Vy' }] }, /payload\.0\.key: must be 32 bytes/],
    [
      'a key that is none',
      { envelopes: [{ id: 'a', privateKey: 'bWFya2Vy' }] },
      /envelopes\.0\.privateKey: must be an X25519/,
    ],
    ['an empty list', { tokens: [] }, /tokens: /],
    ['an unknown member', { marker: 1 }, /is broken/],
    ['an id with a space', { tokens: [{ id: 'a b' }] }, /tokens\.0\.id: must be 1 to 64 letters/],
  ])('names the place of what is broken and no secret: %s', (_, change, expected) => {
    ensureKeyring(home, none);
    write(typeof change === 'string' ? change : { ...content(), ...change });
    let message = '';
    try {
      ensureKeyring(home, none);
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toMatch(expected);
    expect(message).not.toContain('secret-marker');
    expect(message).not.toContain('bWFya2Vy');
  });

  it('refuses two keys with one id', () => {
    ensureKeyring(home, none);
    const { payload, ...rest } = content();
    write({ ...rest, payload: [...payload, ...payload] });
    expect(() => ensureKeyring(home, none)).toThrow(/payload: has two keys with the same id/);
  });

  it('never makes the file that TENURE_KEYS_FILE names', () => {
    const env = { TENURE_KEYS_FILE: join(folder, 'mounted.json') } as NodeJS.ProcessEnv;
    expect(() => ensureKeyring(home, env)).toThrow(/mounted\.json is not there/);
    expect(() => loadPublicKeyring(home, none)).toThrow(/keys\.json is not there/);
  });

  it('says when the folder cannot be written', () => {
    writeFileSync(home, 'a file where the folder should be');
    expect(() => ensureKeyring(home, none)).toThrow(KeyringError);
  });

  it('shows no key when it is printed', () => {
    const keyring = ensureKeyring(home, none);
    const printed = inspect(keyring, { depth: 9, showHidden: true }) + JSON.stringify(keyring);
    for (const { key } of content().payload) expect(printed).not.toContain(key);
    expect(printed).not.toContain(content().envelopes[0].privateKey);
  });
});

function run(args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve(output) : reject(new Error(`exit ${code}`))));
  });
}
