import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { SAMBA_SERVER, SAMBA_TOOL } from './samba-install.js';

const run = promisify(execFile);

/** What is remembered of a Samba domain beside its database. */
export interface SambaDomain {
  /** Kerberos realm, upper case ("CORP.EXAMPLE.TEST"). */
  realm: string;
  /** NetBIOS domain name ("CORP"). */
  domain: string;
  adminPassword: string;
  /** The loopback address it listens on; chosen at its first start. */
  host?: string;
}

/** Where a domain's folder keeps what. */
export function domainFile(folder: string): string {
  return join(folder, 'domain.json');
}

/** Reads what is remembered of the domain in a folder; undefined when there is none. */
export async function readDomain(folder: string): Promise<SambaDomain | undefined> {
  try {
    return JSON.parse(await readFile(domainFile(folder), 'utf8')) as SambaDomain;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new Error(`The Samba domain in ${folder} is broken (domain.json cannot be read): delete that folder.`);
  }
}

/** Writes down what is remembered of a domain. */
export async function writeDomain(folder: string, domain: SambaDomain): Promise<void> {
  await writeFile(domainFile(folder), JSON.stringify(domain), { mode: 0o600 });
}

/**
 * Makes a copy of a freshly provisioned domain. Provisioning takes some seconds and is done once for a realm and a
 * version of Samba; the copy takes milliseconds.
 */
export async function copyFreshDomain(cacheDir: string, realm: string, folder: string): Promise<void> {
  const { stdout } = await run(SAMBA_SERVER, ['--version']);
  const version = stdout.replace(/[^\w.-]+/g, '-').replace(/^-|-$/g, '');
  const template = join(cacheDir, `samba-${version}-employee-id-${realm.toLowerCase()}`);
  if (!(await exists(domainFile(template)))) await provision(template, realm);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Its description comes last: a copy that was cut short has none, and is made again.
  await rm(join(folder, 'dc'), { recursive: true, force: true });
  await run('cp', ['-a', join(template, 'dc'), folder]);
  await run('cp', ['-a', domainFile(template), folder]);
}

/** `samba-tool domain provision`, see https://wiki.samba.org/index.php/Setting_up_Samba_as_an_Active_Directory_Domain_Controller */
async function provision(template: string, realm: string): Promise<void> {
  await mkdir(join(template, '..'), { recursive: true });
  const draft = await mkdtemp(`${template}.`);
  const [domain = realm] = realm.toUpperCase().split('.');
  const adminPassword = `Aa1-${randomBytes(18).toString('base64url')}`;
  const emptyConfiguration = join(draft, 'empty.conf');
  await writeFile(emptyConfiguration, '');
  const args = [
    'domain',
    'provision',
    `--configfile=${emptyConfiguration}`,
    `--targetdir=${join(draft, 'dc')}`,
    '--server-role=dc',
    '--dns-backend=NONE',
    '--host-name=dc1',
    '--host-ip=127.0.0.1',
    `--realm=${realm.toUpperCase()}`,
    `--domain=${domain}`,
    `--adminpass=${adminPassword}`,
    '--option=ldb:nosync=true',
  ];
  try {
    // With Debian's own Python: another one on the PATH lacks Samba's modules.
    await run('/usr/bin/python3', [SAMBA_TOOL, ...args], { env: { ...process.env, TDB_NO_FSYNC: '1' } });
    await tendEmployeeId(draft, realm);
    for (const name of ['lock', 'cache', 'run', 'ncalrpc']) await mkdir(join(draft, 'dc', name), { recursive: true });
    await writeDomain(draft, { realm: realm.toUpperCase(), domain, adminPassword });
    await rename(draft, template).catch(async (error) => {
      // Another process provisioned it at the same time.
      if (!(await exists(domainFile(template)))) throw error;
    });
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string };
    const reason = (stderr ?? message).replaceAll(adminPassword, '…').trim().split('\n').slice(-5).join('\n');
    throw new Error(`Samba could not provision the domain ${realm}: ${reason}`);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Indexes employeeID and keeps it on removed accounts (searchFlags 1 and 8, MS-ADTS 2.2.9), as an administrator should
 * do on any domain that Tenure works with.
 */
async function tendEmployeeId(draft: string, realm: string): Promise<void> {
  const root = realm
    .toLowerCase()
    .split('.')
    .map((label) => `DC=${label}`)
    .join(',');
  const change = join(draft, 'employee-id.ldif');
  const dn = `CN=Employee-ID,CN=Schema,CN=Configuration,${root}`;
  await writeFile(change, `dn: ${dn}\nchangetype: modify\nreplace: searchFlags\nsearchFlags: 9\n`);
  const dc = join(draft, 'dc');
  const options = [`--configfile=${join(dc, 'etc', 'smb.conf')}`, '--option=dsdb:schema update allowed=yes'];
  await run('ldbmodify', ['-H', join(dc, 'private', 'sam.ldb'), ...options, change]);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
