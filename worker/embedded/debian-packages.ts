import { execFile, spawn } from 'node:child_process';
import { chmod, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Asked by Debian's package scripts before they start a service; exit status 101 forbids it (invoke-rc.d(8)). */
const POLICY = '/usr/sbin/policy-rc.d';
const KEPT_POLICY = `${POLICY}.kept-by-tenure`;

/** Those of the packages that are not installed. On a system without dpkg, all of them. */
export async function missingPackages(packages: readonly string[]): Promise<string[]> {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query's own notation
  const query = run('dpkg-query', ['-W', '-f=${Package} ${db:Status-Status}\\n', ...packages]);
  // dpkg-query ends with 1 when it knows none of some name, but lists the others.
  const { stdout } = await query.catch((error: { stdout?: string }) => ({ stdout: error.stdout ?? '' }));
  const installed = new Set(
    stdout
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.split(' ')[0]),
  );
  return packages.filter((name) => !installed.has(name));
}

/** Why this process cannot install Debian packages; undefined when it can. */
export async function installationObstacle(): Promise<string | undefined> {
  if (!(await exists('/usr/bin/apt-get'))) return 'this is not Debian (no apt-get)';
  if (process.getuid?.() !== 0) return 'only root can install packages';
  return undefined;
}

/**
 * Installs Debian packages without starting or enabling the services that they bring.
 * @param services systemd units that the packages enable, to be disabled again
 * @throws Error with one sentence, and apt's own, when it cannot
 */
export async function installPackages(
  packages: readonly string[],
  services: readonly string[],
  onProgress: (line: string) => void,
): Promise<void> {
  const obstacle = await installationObstacle();
  if (obstacle) throw new Error(`The packages ${packages.join(' ')} cannot be installed: ${obstacle}.`);
  await forbidServices();
  try {
    onProgress(`Installing ${packages.join(' ')}`);
    await aptGet(['update'], onProgress).catch((error) => onProgress(`${error.message} (going on with what is known)`));
    const keepConfiguration = ['-o', 'Dpkg::Options::=--force-confdef', '-o', 'Dpkg::Options::=--force-confold'];
    await aptGet(['install', '--yes', '--no-install-recommends', ...keepConfiguration, ...packages], onProgress);
    await run('systemctl', ['disable', '--quiet', ...services]).catch(() => undefined); // no systemd here: nothing to do
  } finally {
    await restorePolicy();
  }
}

async function aptGet(args: string[], onProgress: (line: string) => void): Promise<void> {
  const child = spawn('/usr/bin/apt-get', ['-q', '-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0', ...args], {
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C.UTF-8' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const errors: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    if (/^(Setting up|Need to get|Fetched)/.test(line)) onProgress(line);
  });
  createInterface({ input: child.stderr }).on('line', (line) => errors.push(line));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code !== 0) throw new Error(`apt-get ${args[0]} failed: ${errors.slice(-5).join(' ')}`);
}

async function forbidServices(): Promise<void> {
  // A backup that is there was left by an installation that was killed: it is the true one.
  if ((await exists(POLICY)) && !(await exists(KEPT_POLICY))) await rename(POLICY, KEPT_POLICY);
  await writeFile(POLICY, '#!/bin/sh\nexit 101\n');
  await chmod(POLICY, 0o755);
}

async function restorePolicy(): Promise<void> {
  if (await exists(KEPT_POLICY)) await rename(KEPT_POLICY, POLICY);
  else if ((await readFile(POLICY, 'utf8').catch(() => '')) === '#!/bin/sh\nexit 101\n') await rm(POLICY);
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
