import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { installSamba, sambaObstacle } from '../embedded/samba-install.js';
import { Service } from '../service/service.js';
import type { DemoHome } from './demo-home.js';
import { demoSettings } from './demo-settings.js';
import type { DemoActiveDirectory } from './directories/active-directory.js';
import { directoriesYaml } from './directories/directories-yaml.js';
import { type GraphAccess, graphSandboxPart } from './directories/graph-sandbox-part.js';
import { demoPolicy } from './directories/policy.js';
import { sambaPart } from './directories/samba-part.js';
import { seedActiveDirectory } from './directories/seed-active-directory.js';
import { standInPart } from './directories/stand-in-part.js';
import type { DemoScreen } from './stage/demo-screen.js';

/** Which Active Directory somebody asked for. */
export interface DemoChoice {
  /** Install Samba first. */
  withSamba: boolean;
  /** The stand-in, though Samba could run. */
  standIn: boolean;
}

/** The demo's service while it runs, and its directories. */
export interface RunningDemo {
  service: Service;
  ad: DemoActiveDirectory;
  graph: () => GraphAccess;
  /** Kills the worker as `kill -9` does; the supervisor starts it again. */
  killWorker(): void;
}

/**
 * Starts the service of `npm start` with an Active Directory and an Entra ID tenant of its own.
 * @throws Error with one sentence; everything that had started is stopped again
 */
export async function startDemo(
  home: DemoHome,
  choice: DemoChoice,
  screen: DemoScreen,
  say: (line: string) => void,
): Promise<RunningDemo> {
  const { settings, remarks } = await demoSettings(home, process.env);
  const ad = await activeDirectory(home, choice, say);
  say(ad.nature);
  say('Entra ID is a sandbox of Microsoft Graph, which refuses what Graph refuses.');
  remarks.forEach(say);
  say('');
  const graph = graphSandboxPart(home.folder, home.secrets.entraSecret);
  const prepare = async (): Promise<Record<string, string>> => {
    await seedActiveDirectory(ad.access());
    const { text, secrets } = directoriesYaml(ad.access(), graph.address());
    const file = join(home.folder, 'directories.yaml');
    writeFileSync(file, text, { mode: 0o600 });
    return {
      ...secrets,
      TENURE_DIRECTORIES_FILE: file,
      TENURE_ORGANISATION: 'Tenure Demo',
    };
  };
  const service = await Service.start(settings, screen, {
    parts: [ad.part, graph.part],
    prepare,
    firstPolicy: demoPolicy(),
  });
  const killWorker = (): void => {
    const pids = JSON.parse(readFileSync(join(settings.home, 'run', 'parts.json'), 'utf8')) as { Worker: number };
    process.kill(pids.Worker, 'SIGKILL');
  };
  return { service, ad, graph: () => graph.address(), killWorker };
}

async function activeDirectory(
  home: DemoHome,
  { withSamba, standIn }: DemoChoice,
  say: (line: string) => void,
): Promise<DemoActiveDirectory> {
  if (withSamba) await installSamba(say);
  const obstacle = await sambaObstacle();
  if (withSamba && obstacle) throw new Error(`The demo cannot use Samba: ${obstacle}. Leave out --with-samba.`);
  if (!obstacle && !standIn) return sambaPart(home.folder);
  return standInPart(home.folder, home.secrets.adPassword, obstacle ?? 'it was asked for with --stand-in');
}
