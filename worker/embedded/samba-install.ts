import { installPackages, missingPackages } from './debian-packages.js';
import { isExecutable } from './program-path.js';

/** What Debian 12 needs for a Samba Active Directory domain controller that serves LDAP. */
export const SAMBA_PACKAGES = [
  'samba',
  'samba-ad-dc',
  'samba-ad-provision',
  'samba-dsdb-modules',
  'samba-vfs-modules',
  'winbind',
  'krb5-config',
  'krb5-user',
  'python3-samba',
  'ldb-tools',
  'ldap-utils',
  'python3-markdown',
  'python3-cryptography',
  'python3-dnspython',
  'attr',
  'acl',
] as const;

/** The services that these packages would start at every boot. */
const SAMBA_SERVICES = ['samba-ad-dc', 'smbd', 'nmbd', 'winbind'] as const;

/** The server and the tool that makes a domain, where they are installed. */
export const SAMBA_SERVER = '/usr/sbin/samba';
export const SAMBA_TOOL = '/usr/bin/samba-tool';

/** Why a Samba domain controller cannot run here, as a sentence's end; undefined when it can. */
export async function sambaObstacle(): Promise<string | undefined> {
  for (const program of [SAMBA_SERVER, SAMBA_TOOL]) {
    if (!(await isExecutable(program))) return `Samba is not installed (no ${program})`;
  }
  if (process.platform !== 'linux') return 'its own loopback address is to be had on Linux only';
  if (process.getuid?.() !== 0) return 'only root may listen on the LDAP ports (389, 636)';
  return undefined;
}

/**
 * Installs Samba on Debian, as root; quick when it is there. Starts and enables no service.
 * @throws Error with one sentence when it cannot
 */
export async function installSamba(onProgress: (line: string) => void): Promise<void> {
  const missing = await missingPackages(SAMBA_PACKAGES);
  if (missing.length > 0) await installPackages(missing, SAMBA_SERVICES, onProgress);
}
