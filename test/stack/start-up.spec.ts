import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../worker/embedded/free-port';
import { eventually } from '../eventually';

/*
 * What somebody sees who starts Tenure where it cannot start, and who stops it: one sentence that says what to do, an
 * exit code, and no process left behind.
 */

jest.setTimeout(60_000);

let folder: string;
let home: string;
let env: NodeJS.ProcessEnv;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tenure-start-'));
  home = join(folder, 'home');
  const [port, temporal, ui] = [await freePort(), await freePort(), await freePort()];
  env = {
    ...process.env,
    TENURE_HOME: home,
    TENURE_PORT: String(port),
    TENURE_TEMPORAL_PORT: String(temporal),
    TENURE_TEMPORAL_UI_PORT: String(ui),
    SMTP_URL: 'smtp://127.0.0.1:9',
  };
});
afterEach(async () => {
  await eventually(() => processes().length === 0);
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  child: ChildProcess;
  output: () => string;
  ended: Promise<{ code: number | null; output: string }>;
}

/** `npm start`, already built. */
function start(): Running {
  const child = spawn(process.execPath, [join(__dirname, '..', '..', 'dist', 'worker', 'service', 'main.js')], {
    env,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const ended = new Promise<{ code: number | null; output: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, output }));
  });
  return { child, output: () => output, ended };
}

async function untilReady(running: Running): Promise<void> {
  await eventually(() => running.output().includes('Tenure takes events at') || running.child.exitCode !== null, {
    withinMs: 50_000,
  });
  // Should it not have started, its own sentence says more than ours.
  expect(running.output()).toContain('Tenure takes events at');
}

/** Everything that runs for the state folder: by its arguments, its environment or its working directory. */
function processes(): string[] {
  return readdirSync('/proc').filter((pid) => {
    try {
      const words = ['cmdline', 'environ'].map((name) => readFileSync(join('/proc', pid, name), 'utf8'));
      return [...words, readlinkSync(join('/proc', pid, 'cwd'))].some((text) => text.includes(home));
    } catch {
      return false; // not a process, or gone meanwhile
    }
  });
}

/** Starts it where it cannot, and gives the sentence that it ends with. */
async function refusal(): Promise<string> {
  const { code, output } = await start().ended;
  expect(code).toBe(1);
  const [, sentence = ''] = /\nTenure cannot start: (.*)\n$/s.exec(output) ?? [];
  expect(sentence).not.toContain('\n');
  expect(sentence).not.toMatch(/^\s*at /);
  return sentence;
}

describe('a start that cannot be', () => {
  it.each([
    ['TENURE_PORT', 'the API'],
    ['TENURE_TEMPORAL_PORT', 'the Temporal server'],
  ])('names the taken port and the variable %s', async (variable, purpose) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(Number(env[variable]), '127.0.0.1', resolve));
    const sentence = await refusal();
    expect(sentence).toContain(`Port ${env[variable]} on 127.0.0.1, meant for ${purpose}, is taken`);
    expect(sentence).toContain(`set ${variable} to another one`);
    await new Promise((resolve) => other.close(resolve));
  });

  it('names a state folder that cannot be written', async () => {
    writeFileSync(home, 'a file where the folder should be');
    const sentence = await refusal();
    expect(sentence).toContain(`The state folder ${home} cannot be used`);
    expect(sentence).toContain('set TENURE_HOME to another folder');
  });

  it('names a database folder that is broken, and touches nothing in it', async () => {
    const data = join(home, 'postgres', 'data');
    mkdirSync(data, { recursive: true });
    writeFileSync(join(data, 'leftover'), 'of something');
    const sentence = await refusal();
    expect(sentence).toContain(`The PostgreSQL state in ${data} is broken`);
    expect(sentence).toContain('put back a copy');
    expect(readdirSync(data)).toEqual(['leftover']);
  });

  it('names keys that are broken, and shows nothing of them', async () => {
    mkdirSync(home);
    writeFileSync(join(home, 'keys.json'), '{"payload": [{"id": "a", "key": "c2VjcmV0LW1hcmtlcg"', { mode: 0o600 });
    const sentence = await refusal();
    expect(sentence).toContain(`The file of keys ${join(home, 'keys.json')} is broken`);
    expect(sentence).toContain('Put it back from your backup');
    expect(sentence).not.toContain('c2VjcmV0');
  });

  it.each([
    ['its line', 'directories:\n  - name: corp-ad\n   kind: oops\n', /directories\.yaml: line 3: /],
    [
      'the secret that is not set',
      'directories:\n  - { name: ad, kind: active-directory, secrets: { password: { env: NO_SUCH_SECRET } } }\n',
      /the secret “password” of ad is empty: set the environment variable NO_SUCH_SECRET/,
    ],
    ['a kind that nobody knows', 'directories:\n  - { name: ad, kind: novell }\n', /kind “novell”, which is not known/],
    [
      'a setting that is missing',
      'directories:\n  - { name: ad, kind: active-directory, settings: { baseDn: DC=x } }\n',
      /ad.*(urls|bindDn)/,
    ],
  ])('of broken directories names %s', async (_, text, expected) => {
    mkdirSync(home);
    writeFileSync(join(home, 'directories.yaml'), text);
    expect(await refusal()).toMatch(expected);
  });

  it('names a variable that is wrong', async () => {
    env.TENURE_PORT = 'eighty';
    expect(await refusal()).toContain('TENURE_PORT');
  });

  it('says that the folder is already in use', async () => {
    const first = start();
    await untilReady(first);
    const { TENURE_PORT, TENURE_TEMPORAL_PORT, TENURE_TEMPORAL_UI_PORT } = env;
    const free = [await freePort(), await freePort(), await freePort()].map(String);
    [env.TENURE_PORT, env.TENURE_TEMPORAL_PORT, env.TENURE_TEMPORAL_UI_PORT] = free;
    expect(await refusal()).toMatch(/is already run by another Tenure .*set TENURE_HOME to another folder/);
    Object.assign(env, { TENURE_PORT, TENURE_TEMPORAL_PORT, TENURE_TEMPORAL_UI_PORT });
    expect((await fetch(`http://127.0.0.1:${TENURE_PORT}/health/ready`)).status).toBe(200);
    first.child.kill('SIGINT');
    expect(await first.ended).toMatchObject({ code: 0 });
  });
});

describe('the end', () => {
  it('is orderly on Ctrl-C: status 0 and no process left', async () => {
    const running = start();
    await untilReady(running);
    expect(processes().length).toBeGreaterThan(4);
    running.child.kill('SIGINT');
    const { code, output } = await running.ended;
    expect(code).toBe(0);
    expect(output).toMatch(/PostgreSQL +stopped/);
    await eventually(() => processes().length === 0);
  });

  it('comes to every part when the supervisor itself is killed', async () => {
    const running = start();
    await untilReady(running);
    running.child.kill('SIGKILL');
    await eventually(() => processes().length === 0, { withinMs: 30_000 });
  });
});
