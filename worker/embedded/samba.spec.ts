import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'ldapts';
import { cacheFolder } from './cache-folder.js';
import { type SambaDirectory, startSamba } from './samba.js';

describe('the Samba Active Directory', () => {
  let folder: string;
  let samba: SambaDirectory;

  const withAdmin = async <T>(use: (client: Client) => Promise<T>, user = samba.adminDn): Promise<T> => {
    const client = new Client({ url: samba.url, tlsOptions: { ca: samba.ca }, timeout: 1_000, connectTimeout: 1_000 });
    try {
      await client.bind(user, samba.adminPassword);
      return await use(client);
    } finally {
      await client.unbind();
    }
  };

  const ouDn = () => `OU=Kept,${samba.baseDn}`;
  const countOus = (client: Client) =>
    client
      .search(samba.baseDn, { filter: '(ou=Kept)', timeLimit: 1 })
      .then(({ searchEntries }) => searchEntries.length);

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tenure-samba-'));
    // Longer than the path of a UNIX socket may be.
    const domainFolder = join(folder, 'a-folder-with-a-long-name'.repeat(4));
    samba = await startSamba({ folder: domainFolder, cacheDir: cacheFolder() });
  }, 60_000);

  afterAll(async () => {
    await samba?.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it('lets its administrator in over LDAPS with its certificate verified, by DN and by UPN', async () => {
    expect(samba.baseDn).toBe('DC=corp,DC=example,DC=test');
    await withAdmin((client) => client.add(ouDn(), { objectClass: 'organizationalUnit' }));
    expect(await withAdmin(countOus, samba.adminUpn)).toBe(1);
  });

  it('is not trusted without its authority', async () => {
    const stranger = new Client({ url: samba.url, connectTimeout: 2_000 });
    await expect(stranger.bind(samba.adminDn, samba.adminPassword)).rejects.toThrow(/certificate/);
    await stranger.unbind();
  });

  it('hangs while suspended and answers when resumed', async () => {
    samba.suspend();
    await expect(withAdmin(countOus)).rejects.toThrow();
    samba.resume();
    expect(await withAdmin(countOus)).toBe(1);
  });

  it('refuses connections while it is killed, and starts again at the same address with its data', async () => {
    const { url } = samba;
    await samba.kill();
    await expect(withAdmin(countOus)).rejects.toThrow(/ECONNREFUSED/);
    await samba.start();
    expect(samba.url).toBe(url);
    expect(await withAdmin(countOus)).toBe(1);
  });
});
