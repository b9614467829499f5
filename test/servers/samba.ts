import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../../worker/embedded/cache-folder.js';
import { type SambaDirectory, startSamba } from '../../worker/embedded/samba.js';

/**
 * Starts a fresh Active Directory for this suite in about half a second (some seconds when its realm was never
 * provisioned on this machine). `stop()` deletes it. Several may run at once, each at an address of its own.
 * @param realm the Kerberos realm; default CORP.EXAMPLE.TEST
 */
export async function startTestSamba(realm?: string, log?: (line: string) => void): Promise<SambaDirectory> {
  const folder = await mkdtemp(join(tmpdir(), 'tenure-test-ad-'));
  const samba = await startSamba({ folder, cacheDir: cacheFolder(), realm, log });
  return {
    ...samba,
    stop: async () => {
      // The orderly stop saves nothing that a test needs.
      await samba.kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
