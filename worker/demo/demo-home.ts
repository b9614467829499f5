import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { claimServer } from '../embedded/claim.js';

/** Says that a folder is the demo's own, so that it may be emptied. */
const MARK = '.tenure-demo';
const MARK_TEXT = 'State of the Tenure demo. It is deleted at every start without --keep.\n';
/** Tells a later start about programs that are still running. */
const KEPT = ['run', MARK];

/** Passwords of the demo's directories, made up once. */
export interface DemoSecrets {
  adPassword: string;
  entraSecret: string;
  adminToken: string;
}

/** The demo's own state folder. */
export interface DemoHome {
  folder: string;
  secrets: DemoSecrets;
  /** Lets another demo have the folder. */
  release(): void;
}

/**
 * Makes the folder `demo` within the state folder ready: empty, or with `keep` as the last demo left it. The state of
 * `npm start` beside it is not touched.
 * @param stateFolder TENURE_HOME
 * @throws Error with one sentence: another demo runs there, the folder is somebody else's, it cannot be written
 */
export async function prepareDemoHome(stateFolder: string, keep: boolean): Promise<DemoHome> {
  const folder = resolve(stateFolder, 'demo');
  const isOurs = existsSync(join(folder, MARK));
  if (!isOurs && existsSync(folder) && readdirSync(folder).some((name) => !KEPT.includes(name))) {
    throw new Error(`The folder ${folder} holds something else than a demo: set TENURE_HOME to another folder.`);
  }
  if (keep && !isOurs) throw new Error(`There is no demo in ${folder} to be kept: leave out --keep.`);
  const claim = await claimServer(folder, 'demo', 'The demo');
  if (!keep) {
    for (const name of readdirSync(folder)) {
      if (!KEPT.includes(name)) rmSync(join(folder, name), { recursive: true, force: true });
    }
  }
  mkdirSync(join(folder, 'logs'), { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, MARK), MARK_TEXT);
  return { folder, secrets: secretsIn(folder), release: () => claim.release() };
}

function secretsIn(folder: string): DemoSecrets {
  const file = join(folder, 'secrets.json');
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as DemoSecrets;
  const random = () => randomBytes(18).toString('base64url');
  // The prefix satisfies Active Directory's complexity rules.
  const secrets = { adPassword: `Ad1-${random()}`, entraSecret: random(), adminToken: random() };
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 });
  return secrets;
}
