import { cacheFolder } from '../../worker/embedded/cache-folder.js';
import { installationObstacle, installPackages, missingPackages } from '../../worker/embedded/debian-packages.js';
import { programOnPath } from '../../worker/embedded/program-path.js';
import { installSamba, SAMBA_PACKAGES, sambaObstacle } from '../../worker/embedded/samba-install.js';
import { presentTemporal, temporalBinary } from '../../worker/embedded/temporal-binary.js';
import { OPENLDAP_PACKAGES, openLdapObstacle } from '../servers/openldap-program.js';
import { browserProgram } from './browser-program.js';
import { presentTimeSkipping, timeSkippingProgram } from './time-skipping-program.js';

type Progress = (line: string) => void;

/** Something outside npm that the tests run for real. */
interface Prerequisite {
  /** What it is and what the tests want it for. */
  name: string;
  /** Why it cannot be used; undefined when it can. Quick. */
  obstacle(): Promise<string | undefined>;
  /** Debian packages that bring it, looked at only when there is an obstacle. */
  packages: readonly string[];
  /** Gets it where that is possible; throws an Error with one sentence where it is not. */
  install(onProgress: Progress): Promise<void>;
}

/**
 * Makes sure that all the tests' real parts are there, installing what is missing where this user may.
 * @returns a sentence for each that is still missing, with what to do; empty when the tests can run
 */
export async function ensurePrerequisites(onProgress: Progress): Promise<string[]> {
  const complaints: string[] = [];
  for (const part of PREREQUISITES) {
    if ((await part.obstacle()) === undefined) continue;
    const failure = await part.install(onProgress).then(
      () => undefined,
      (error: Error) => error.message,
    );
    const obstacle = failure ?? (await part.obstacle());
    if (obstacle !== undefined) complaints.push(`${part.name}: ${obstacle}${await remedy(part)}`);
  }
  return complaints;
}

const PREREQUISITES: Prerequisite[] = [
  {
    name: 'Samba (an Active Directory)',
    obstacle: async () => {
      const reason = await sambaObstacle();
      return reason && `${reason}.`;
    },
    packages: SAMBA_PACKAGES,
    install: installSamba,
  },
  {
    name: 'OpenLDAP (an LDAP directory)',
    obstacle: openLdapObstacle,
    packages: OPENLDAP_PACKAGES,
    install: (onProgress) => installPackages(OPENLDAP_PACKAGES, ['slapd'], onProgress),
  },
  packaged('Chromium (the activation page)', ['chromium'], async () =>
    (await browserProgram()) ? undefined : 'no browser was found.',
  ),
  packaged('Java (the time-skipping Temporal server)', ['default-jre-headless'], () => lacking('java')),
  {
    name: 'The time-skipping Temporal server',
    obstacle: async () => ((await presentTimeSkipping()) ? undefined : 'it is not in the cache folder.'),
    packages: ['maven'],
    install: async (onProgress) => {
      if (await lacking('mvn')) await installPackages(['maven'], [], onProgress);
      await timeSkippingProgram(onProgress);
    },
  },
  {
    name: 'Temporal',
    obstacle: async () =>
      (await presentTemporal({ cacheDir: cacheFolder() })) ? undefined : 'it is not on this machine.',
    packages: [],
    install: async (onProgress) => {
      await temporalBinary({ cacheDir: cacheFolder(), onProgress });
    },
  },
];

function packaged(
  name: string,
  packages: readonly string[],
  obstacle: () => Promise<string | undefined>,
): Prerequisite {
  return { name, packages, obstacle, install: (onProgress) => installPackages(packages, [], onProgress) };
}

async function remedy({ packages }: Prerequisite): Promise<string> {
  if ((await installationObstacle()) === undefined || packages.length === 0) return '';
  const missing = await missingPackages(packages);
  return missing.length > 0
    ? ` Install it (Debian: apt-get install --no-install-recommends ${missing.join(' ')}).`
    : '';
}

async function lacking(program: string): Promise<string | undefined> {
  return (await programOnPath(program)) ? undefined : `${program} is not on the PATH.`;
}
