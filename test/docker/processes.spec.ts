import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type RunningChild, startChild } from '../../worker/embedded/child.js';
import { freePort } from '../../worker/embedded/free-port.js';
import { eventually } from '../eventually.js';
import { startTestMailServer } from '../servers/mail.js';
import { startTestPostgres } from '../servers/postgres.js';
import { startTestTemporal } from '../servers/temporal.js';
import { filledExample, readComposeFile } from './compose-file.js';
import { instructionsOf, lastOf, REPOSITORY, readDockerfile } from './dockerfile.js';

const run = promisify(execFile);
const { services } = readComposeFile(filledExample());
const stages = readDockerfile();

/**
 * What the containers of docker/compose.yaml would run, as processes: the same programs, the same environment (but for
 * addresses and folders), servers that know nothing of Tenure yet, and the images' own health checks.
 */
jest.setTimeout(60_000);

describe('the programs of docker/compose.yaml', () => {
  let folder: string;
  let servers: { stop(): Promise<void> }[];
  let addresses: NodeJS.ProcessEnv;
  const children: RunningChild[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'tenure-compose-'));
    for (const name of ['state', 'public-keys']) mkdirSync(join(folder, name), { mode: 0o700 });
    const [postgres, temporal, mail] = await Promise.all([
      startTestPostgres(),
      startTestTemporal(),
      startTestMailServer(),
    ]);
    servers = [postgres, temporal, mail];
    const port = String(await freePort());
    addresses = {
      DATABASE_URL: await postgres.createDatabase(),
      TEMPORAL_ADDRESS: temporal.address,
      SMTP_URL: mail.url,
      TENURE_PORT: port,
      TENURE_PUBLIC_URL: `http://127.0.0.1:${port}`,
    };
  });
  afterAll(async () => {
    await Promise.all(children.map((child) => child.stop()));
    await Promise.all(servers.map((server) => server.stop()));
    rmSync(folder, { recursive: true });
  });

  /** The environment of a container, with what compose.yaml calls by the names of its network. */
  function environmentOf(name: string): NodeJS.ProcessEnv {
    const given = services[name]?.environment ?? {};
    const image = instructionsOf(stages, services[name]?.build?.target ?? '')
      .filter((one) => one.name === 'ENV')
      .flatMap(({ value }) => value.split(/\s+/).map((pair) => pair.split('=') as [string, string]));
    const all = { ...Object.fromEntries(image), ...given };
    const here = Object.entries(all).map(([key, value]) => [key, addresses[key] ?? inFolder(String(value))]);
    return { PATH: process.env.PATH, ...Object.fromEntries(here) };
  }

  const inFolder = (value: string): string =>
    value
      .replace('/var/lib/tenure-public', join(folder, 'public-keys'))
      .replace('/var/lib/tenure', join(folder, 'state'))
      .replace('/etc/tenure', join(REPOSITORY, 'docker'));

  const commandOf = (name: string): string[] =>
    services[name]?.command ??
    JSON.parse(lastOf(instructionsOf(stages, services[name]?.build?.target ?? ''), 'CMD') ?? '');

  const execute = (name: string, [program = '', ...args]: string[]) =>
    run(program, args, { cwd: REPOSITORY, env: environmentOf(name) });

  /** The health check of a container's image: does it pass? */
  async function isHealthy(name: string): Promise<boolean> {
    const check = lastOf(instructionsOf(stages, services[name]?.build?.target ?? ''), 'HEALTHCHECK') ?? '';
    return execute(name, JSON.parse(check.slice(check.indexOf('CMD') + 3))).then(
      () => true,
      () => false,
    );
  }

  async function start(name: string, ready: RegExp): Promise<void> {
    const [command = '', ...args] = commandOf(name);
    const absolute = args.map((arg) => (arg.startsWith('dist/') ? join(REPOSITORY, arg) : arg));
    children.push(await startChild({ name, command, args: absolute, env: environmentOf(name), ready }));
  }

  it('are prepared by one job, which changes nothing the second time', async () => {
    const { stdout } = await execute('prepare', commandOf('prepare'));
    expect(stdout).toMatch(/Tables are up to date; made: /);
    expect(stdout).toContain('search attribute TenurePerson');
    const keys = readFileSync(join(folder, 'state', 'keys.json'), 'utf8');
    expect((await execute('prepare', commandOf('prepare'))).stdout).toBe(
      'Tables are up to date.\nKeys are there.\nTemporal is ready.\n',
    );
    expect(readFileSync(join(folder, 'state', 'keys.json'), 'utf8')).toBe(keys);
    expect(existsSync(join(folder, 'public-keys', 'keys.json'))).toBe(true);
  });

  it('start, and are healthy only then', async () => {
    expect(await isHealthy('api')).toBe(false);
    expect(await isHealthy('worker')).toBe(false);
    await start('api', /listening on/);
    await start('worker', /worker is running/);
    await eventually(() => isHealthy('api'), { what: 'the API is healthy' });
    await eventually(() => isHealthy('worker'), { what: `the worker of ${hostname()} is healthy` });
  });

  it('take an event and work it off', async () => {
    const url = addresses.TENURE_PUBLIC_URL;
    const headers = {
      authorization: `Bearer ${services.api?.environment?.TENURE_ADMIN_TOKEN}`,
      'content-type': 'application/json',
    };
    const body = JSON.stringify({ type: 'joiner', source: 'hr', eventId: '1', person: { personId: 'hr-1' } });
    const accepted = await fetch(`${url}/api/v1/events`, { method: 'POST', headers, body });
    expect(accepted.status).toBe(202);
    const { event } = (await accepted.json()) as { event: { id: string } };
    await eventually(
      async () => {
        const answer = await fetch(`${url}/api/v1/events/${event.id}`, { headers });
        return ((await answer.json()) as { event: { state: string } }).event.state === 'done';
      },
      { what: 'the event is done' },
    );
  });

  it('are not prepared with other keys when there are events already', async () => {
    const keys = join(folder, 'state', 'keys.json');
    renameSync(keys, `${keys}.away`);
    await expect(execute('prepare', commandOf('prepare'))).rejects.toThrow(/its keys are gone: put .*keys\.json back/);
    expect(existsSync(keys)).toBe(false);
    renameSync(`${keys}.away`, keys);
  });
});
