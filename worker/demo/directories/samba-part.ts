import { join } from 'node:path';
import { cacheFolder } from '../../embedded/cache-folder.js';
import { type SambaDirectory, startSamba } from '../../embedded/samba.js';
import { logFile } from '../../service/log-file.js';
import type { DemoActiveDirectory } from './active-directory.js';
import { REALM } from './demo-domain.js';

/** A Samba domain controller, its domain kept in the given folder. */
export function sambaPart(home: string): DemoActiveDirectory {
  let samba: SambaDirectory | undefined;
  return {
    nature: 'Active Directory is a Samba domain controller.',
    access: () => {
      if (!samba) throw new Error('The Samba domain controller has not been started.');
      return samba;
    },
    part: {
      name: 'Active Directory',
      start: async () => {
        if (samba) await samba.start();
        const log = logFile(join(home, 'logs', 'samba.log'));
        samba ??= await startSamba({ folder: join(home, 'samba'), cacheDir: cacheFolder(), realm: REALM, log });
        const running = samba;
        return {
          pid: running.pid(),
          exited: running.exited(),
          stop: () => running.stop(),
          detail: `${running.url} (Samba)`,
        };
      },
    },
  };
}
