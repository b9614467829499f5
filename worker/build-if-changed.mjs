import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/* Run before `npm start` and `npm run demo`: builds, unless what is in dist was built from the files as they are. */

const ROOMS = [
  'domain',
  'contracts',
  'connectors',
  'workflows',
  'activities',
  'persistence',
  'api',
  'worker',
  'sandbox',
];
const SETTINGS = ['package.json', 'package-lock.json', 'nest-cli.json', 'tsconfig.json', 'tsconfig.build.json'];
const STAMP = join('dist', '.built-from');

/** Changes with any file that a build reads: its path, size or time. */
function fingerprint() {
  const hash = createHash('sha256').update(process.version);
  const files = ROOMS.flatMap((room) =>
    readdirSync(room, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const path of [...files, ...SETTINGS].sort()) {
    const { mtimeMs, size } = statSync(path);
    hash.update(`${path} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

const now = fingerprint();
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== now) {
  rmSync(STAMP, { force: true });
  const { status } = spawnSync('npm', ['run', 'build', '--silent'], { stdio: 'inherit' });
  if (status === 0) writeFileSync(STAMP, now);
  process.exitCode = status ?? 1;
}
