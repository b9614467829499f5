import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type ChildExit, type RunningChild, startChild, untilListening } from './child.js';
import { claimServer } from './claim.js';
import { copyFreshDomain, readDomain, type SambaDomain, writeDomain } from './samba-domain.js';
import { SAMBA_SERVER, sambaObstacle } from './samba-install.js';
import {
  certificateAuthority,
  freeAddress,
  handshake,
  LDAPS_PORT,
  requireAddress,
  shortPath,
} from './samba-network.js';

/** Where a Samba Active Directory keeps its domain and what it is called. */
export interface SambaOptions {
  /** The folder of the domain; one without a domain gets a freshly provisioned one. */
  folder: string;
  /** Provisioned domains are kept there, to be copied. */
  cacheDir: string;
  /** The Kerberos realm, which is also the DNS domain. Default CORP.EXAMPLE.TEST. */
  realm?: string;
  log?: (line: string) => void;
}

/** A Samba Active Directory domain controller that serves LDAP and LDAPS on a loopback address of its own. */
export interface SambaDirectory {
  /** ldaps://127.x.y.z:636 */
  url: string;
  /** PEM of the certificate authority that vouches for it. */
  ca: string;
  host: string;
  /** "DC=corp,DC=example,DC=test" */
  baseDn: string;
  realm: string;
  /** NetBIOS domain name. */
  domain: string;
  adminDn: string;
  adminUpn: string;
  adminPassword: string;
  pid(): number;
  /** Resolves when the running server has ended, whatever the reason. */
  exited(): Promise<ChildExit>;
  /** Orderly stop. */
  stop(): Promise<void>;
  /** kill -9; the database stays whole. */
  kill(): Promise<void>;
  /** Starts it again after `stop` or `kill`: same data, address and certificate authority. */
  start(): Promise<void>;
  /** Stops answering without closing connections, as a hung server does (SIGSTOP). */
  suspend(): void;
  /** Goes on after `suspend` (SIGCONT). */
  resume(): void;
}

const DEFAULT_REALM = 'CORP.EXAMPLE.TEST';

/**
 * Starts a Samba Active Directory; needs Samba and root (see `sambaObstacle`).
 * @throws Error with one sentence when it cannot run here or is running already for the folder
 */
export async function startSamba(options: SambaOptions): Promise<SambaDirectory> {
  const obstacle = await sambaObstacle();
  if (obstacle) throw new Error(`The Samba Active Directory cannot start: ${obstacle}.`);
  const { folder } = options;
  if (!(await readDomain(folder))) await copyFreshDomain(options.cacheDir, options.realm ?? DEFAULT_REALM, folder);
  const domain = await readDomain(folder);
  if (!domain) throw new Error(`The Samba domain in ${folder} could not be made.`);

  const host = domain.host ?? (await freeAddress());
  await writeDomain(folder, { ...domain, host });
  const ca = await certificateAuthority(join(folder, 'tls'), host);
  let running: RunningChild | undefined;
  const current = (): RunningChild => {
    if (!running) throw new Error('The Samba Active Directory has not been started.');
    return running;
  };
  const start = async (): Promise<void> => {
    running = await launch(folder, domain, host, ca, options.log);
  };
  await start();
  const baseDn = domain.realm
    .toLowerCase()
    .split('.')
    .map((label) => `DC=${label}`)
    .join(',');
  return {
    url: `ldaps://${host}:${LDAPS_PORT}`,
    ca,
    host,
    baseDn,
    realm: domain.realm,
    domain: domain.domain,
    adminDn: `CN=Administrator,CN=Users,${baseDn}`,
    adminUpn: `Administrator@${domain.realm.toLowerCase()}`,
    adminPassword: domain.adminPassword,
    pid: () => current().pid,
    exited: () => current().exited,
    stop: () => {
      current().signal('SIGCONT'); // a suspended one could not hear
      return current().stop();
    },
    kill: async () => {
      current().signal('SIGKILL');
      await current().exited;
    },
    start,
    suspend: () => current().signal('SIGSTOP'),
    resume: () => current().signal('SIGCONT'),
  };
}

async function launch(
  folder: string,
  domain: SambaDomain,
  host: string,
  ca: string,
  log?: (line: string) => void,
): Promise<RunningChild> {
  const claim = await claimServer(folder, 'samba', 'Samba');
  const short = await shortPath(folder);
  const end = (): void => {
    claim.release();
    short.remove();
  };
  try {
    await requireAddress(host, folder);
    const configuration = join(folder, 'smb.conf');
    await writeFile(configuration, smbConf(short.path, domain, host));
    const child = await startChild({
      name: 'Samba',
      command: SAMBA_SERVER,
      args: ['-s', configuration, '-F', '--no-process-group', '-M', 'single', '--debug-stdout', '-d', '1'],
      // The domain is as durable as the page cache: a killed server loses nothing, a failing machine may.
      env: { ...process.env, TDB_NO_FSYNC: '1' },
      ready: async (signal) => {
        await untilListening(LDAPS_PORT, host, signal);
        await handshake(host, ca);
      },
      stopTimeout: 5_000,
      log,
    });
    child.exited.then(end);
    await claim.record(child.pid);
    return child;
  } catch (error) {
    end();
    throw error;
  }
}

function smbConf(folder: string, domain: SambaDomain, host: string): string {
  const dc = join(folder, 'dc');
  const settings: Record<string, string> = {
    'netbios name': 'DC1',
    realm: domain.realm,
    workgroup: domain.domain,
    'server role': 'active directory domain controller',
    'server services': 'ldap',
    interfaces: `${host}/8`, // with /32 it silently listens nowhere
    'bind interfaces only': 'yes',
    'private dir': join(dc, 'private'),
    'state directory': join(dc, 'state'),
    'lock directory': join(dc, 'lock'),
    'cache directory': join(dc, 'cache'),
    'pid directory': join(dc, 'run'),
    'ncalrpc dir': join(dc, 'ncalrpc'),
    'tls keyfile': join(folder, 'tls', 'key.pem'),
    'tls certfile': join(folder, 'tls', 'cert.pem'),
    'tls cafile': join(folder, 'tls', 'ca.pem'),
    'old password allowed period': '0', // else the previous password still binds for an hour
    'ldb:nosync': 'true',
  };
  const lines = Object.entries(settings).map(([name, value]) => `\t${name} = ${value}`);
  return `[global]\n${lines.join('\n')}\n`;
}
