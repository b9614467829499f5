import { join } from 'node:path';
import { startChild } from '../../embedded/child.js';
import { freePort } from '../../embedded/free-port.js';
import { logFile } from '../../service/log-file.js';
import type { ActiveDirectoryAccess, DemoActiveDirectory } from './active-directory.js';
import { BASE_DN, DOMAIN } from './demo-domain.js';

const PROGRAM = join(__dirname, '..', '..', '..', 'sandbox', 'active-directory', 'main.js');

/** The stand-in for machines without Samba, as a process of its own. */
export function standInPart(home: string, adminPassword: string, why: string): DemoActiveDirectory {
  let port: number | undefined;
  let access: ActiveDirectoryAccess | undefined;
  return {
    nature: `Active Directory is an embedded stand-in, not a real one: ${why}. It passes the same tests as Samba.`,
    access: () => {
      if (!access) throw new Error('The stand-in for Active Directory has not been started.');
      return access;
    },
    part: {
      name: 'Active Directory',
      start: async () => {
        port ??= await freePort();
        const write = logFile(join(home, 'logs', 'active-directory.log'));
        let facts = '';
        const child = await startChild({
          name: 'The stand-in for Active Directory',
          command: process.execPath,
          args: ['--enable-source-maps', PROGRAM],
          env: {
            ...process.env,
            AD_PORT: String(port),
            AD_BASE_DN: BASE_DN,
            AD_DOMAIN: DOMAIN,
            AD_ADMIN_PASSWORD: adminPassword,
            AD_STATE_PATH: join(home, 'active-directory.jsonl'),
            AD_SEED: JSON.stringify({ organizationalUnits: [], groups: [] }),
          },
          ready: /^\{"url"/,
          log: (line) => {
            if (line.startsWith('{"url"')) facts = line;
            else write(line);
          },
        });
        access = { ...(JSON.parse(facts) as ActiveDirectoryAccess), adminPassword };
        return { ...child, detail: `${access.url} (stand-in)` };
      },
    },
  };
}
