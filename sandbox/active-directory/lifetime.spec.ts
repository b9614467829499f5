import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type ActiveDirectory, type ActiveDirectoryOptions, startActiveDirectory } from './active-directory.js';
import { change, connect, connectAsAdmin, guidDn, Playground, quoted, read, showDeleted } from './test-client.js';

let folder: string;
let statePath: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenure-ad-'));
  statePath = join(folder, 'directory.jsonl');
});

afterEach(async () => {
  for (const directory of started.splice(0)) await directory.stop();
  rmSync(folder, { recursive: true, force: true });
});

const started: ActiveDirectory[] = [];

/** Starts a directory that does not outlive its test, however that ends. */
async function start(options: ActiveDirectoryOptions = {}): Promise<ActiveDirectory> {
  const directory = await startActiveDirectory(options);
  started.push(directory);
  return directory;
}

describe('a restart', () => {
  it('keeps everything: entries, links, passwords, tombstones, counters, certificate and password', async () => {
    const first = await start({ statePath });
    const play = await Playground.create(first, 'kept');
    const group = await play.group();
    const user = await play.enabledUser('Passw0rd!', { displayName: 'Zoë', manager: first.adminDn });
    await play.modify(group, change('add', 'member', user));
    await play.client.modifyDN(group, `CN=renamed,${play.ou}`);
    const doomed = await play.user();
    const tombstone = await guidDn(play.client, doomed);
    await play.client.del(doomed);
    const before = await read(play.client, user);
    const { highestCommittedUSN } = await read(play.client, '', ['highestCommittedUSN']);
    await play.client.unbind();
    await first.stop();

    // The second restart reads what the first one compacted.
    await (await start({ statePath })).stop();
    const second = await start({ statePath });
    expect([second.ca, second.adminPassword]).toEqual([first.ca, first.adminPassword]);
    const client = await connectAsAdmin(second);
    expect(await read(client, user)).toEqual({ ...before, memberOf: `CN=renamed,${play.ou}` });
    expect((await read(client, second.adminDn)).directReports).toBe(user);
    expect((await read(client, tombstone, ['isDeleted'], showDeleted())).isDeleted).toBe('TRUE');
    expect((await read(client, '', ['highestCommittedUSN'])).highestCommittedUSN).toBe(highestCommittedUSN);
    await (await connect(second, user, 'Passw0rd!')).unbind();
    await client.add(`CN=new,${play.ou}`, { objectClass: 'user' });
    const { searchEntries } = await client.search(
      second.baseDn,
      { filter: '(objectSid=*)', attributes: ['objectSid'], explicitBufferAttributes: ['objectSid'] },
      [showDeleted()],
    );
    const sids = searchEntries.map(({ objectSid }) => (objectSid as Buffer).toString('hex'));
    expect(new Set(sids).size).toBe(sids.length);
    await client.unbind();
    await second.stop();
  });

  it('forgets a line that a crash cut short, and refuses a file that is damaged otherwise', async () => {
    await (await start({ statePath })).stop();
    appendFileSync(statePath, '{"id":"00');
    await (await start({ statePath })).stop();
    expect(readFileSync(statePath, 'utf8')).not.toContain('{"id":"00\n');
    appendFileSync(statePath, 'damaged\n{}\n');
    await expect(start({ statePath })).rejects.toThrow(/state file .* cannot be read/);
  });

  it('refuses the state of another domain', async () => {
    await (await start({ statePath })).stop();
    await expect(start({ statePath, baseDn: 'DC=other,DC=example' })).rejects.toThrow(
      /holds the domain DC=demo,DC=tenure,DC=example, not DC=other,DC=example/,
    );
  });

  it('keeps no password in the clear but the administrator’s own, in a file for its owner only', async () => {
    const directory = await start({ statePath });
    const play = await Playground.create(directory, 'secrets');
    await play.enabledUser('Sup3r-Secret!');
    await play.modify(await play.user(), change('replace', 'unicodePwd', quoted('An0ther-Secret!')));
    await play.client.unbind();
    await directory.stop();
    expect(readFileSync(statePath, 'utf8')).not.toMatch(/Secret/);
    expect(statSync(statePath).mode & 0o777).toBe(0o600);
  });
});

describe('an outage', () => {
  it('cuts and refuses connections until it ends', async () => {
    const directory = await start();
    const client = await connectAsAdmin(directory);
    await directory.outage(true);
    await expect(connectAsAdmin(directory)).rejects.toThrow(/ECONNREFUSED/);
    await directory.outage(false);
    const again = await connectAsAdmin(directory);
    expect((await read(again, directory.adminDn)).cn).toBe('Administrator');
    await again.unbind();
    await client.unbind().catch(() => {});
    await directory.stop();
  });

  it('may come twice and may be stopped in', async () => {
    const directory = await start();
    await directory.outage(true);
    await directory.outage(true);
    await directory.stop();
  });
});

describe('start-up', () => {
  it('names a port that is taken', async () => {
    const directory = await start();
    await expect(start({ port: directory.port })).rejects.toThrow(`Port ${directory.port} on 127.0.0.1 is taken`);
    await directory.stop();
  });

  it('takes a domain, a seed and an administrator password of the caller’s', async () => {
    const directory = await start({
      baseDn: 'dc=corp, dc=example',
      domain: 'corp.test',
      adminPassword: 'Chosen-0ne!',
      seed: { organizationalUnits: ['R, D'], groups: ['Staff'] },
    });
    expect(directory).toMatchObject({
      baseDn: 'dc=corp,dc=example',
      realm: 'CORP.EXAMPLE',
      domain: 'CORP',
      upnSuffix: 'corp.test',
      adminPassword: 'Chosen-0ne!',
      organizationalUnits: { 'R, D': 'OU=R\\, D,dc=corp,dc=example' },
      groups: { Staff: 'CN=Staff,CN=Users,dc=corp,dc=example' },
    });
    const client = await connect(directory, directory.adminUpn, 'Chosen-0ne!');
    expect((await read(client, directory.organizationalUnits['R, D'] as string)).name).toBe('R, D');
    await client.unbind();
    await directory.stop();
  });
});

describe('as a process', () => {
  let child: ChildProcess;

  afterEach(() => child.kill('SIGKILL'));

  async function run(
    environment: Record<string, string>,
  ): Promise<{ url: string; ca: string; adminDn: string; baseDn: string }> {
    child = spawn(process.execPath, ['--import', 'tsx', join(__dirname, 'main.ts')], {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const [line] = (await once(lines, 'line')) as [string];
    expect(line).not.toContain('Chosen-0ne!');
    return JSON.parse(line);
  }

  it('loses nothing that it answered when it is killed', async () => {
    const environment = {
      AD_STATE_PATH: statePath,
      AD_ADMIN_PASSWORD: 'Chosen-0ne!',
      AD_CA_PATH: join(folder, 'ca.pem'),
    };
    const facts = await run(environment);
    expect(readFileSync(environment.AD_CA_PATH, 'utf8')).toBe(facts.ca);
    const client = await connectAsAdmin({ ...facts, domain: 'DEMO', adminPassword: 'Chosen-0ne!' });
    const dn = `OU=answered,${facts.baseDn}`;
    await client.add(dn, { objectClass: 'organizationalUnit' });
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
    await client.unbind().catch(() => {});

    const again = await connectAsAdmin({ ...(await run(environment)), domain: 'DEMO', adminPassword: 'Chosen-0ne!' });
    expect((await read(again, dn)).ou).toBe('answered');
    await again.unbind();
  }, 20_000);

  it('ends by itself when it is told to', async () => {
    await run({ AD_STATE_PATH: statePath });
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
  }, 20_000);
});
