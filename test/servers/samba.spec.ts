import { Client } from 'ldapts';
import type { SambaDirectory } from '../../worker/embedded/samba.js';
import { startTestSamba } from './samba.js';

describe('the Active Directories of a suite', () => {
  let directories: SambaDirectory[] = [];

  afterAll(() => Promise.all(directories.map((directory) => directory.stop())));

  it('run side by side, each empty and on its own', async () => {
    directories = await Promise.all([startTestSamba(), startTestSamba(), startTestSamba('OTHER.EXAMPLE.TEST')]);
    const [one, two, other] = directories;
    expect(new Set(directories.map(({ url }) => url)).size).toBe(3);
    expect(other?.baseDn).toBe('DC=other,DC=example,DC=test');

    const found = [];
    for (const [index, directory] of [one, two].entries()) {
      if (!directory) continue;
      const client = new Client({ url: directory.url, tlsOptions: { ca: directory.ca } });
      await client.bind(directory.adminDn, directory.adminPassword);
      if (index === 0) await client.add(`OU=Mine,${directory.baseDn}`, { objectClass: 'organizationalUnit' });
      found.push((await client.search(directory.baseDn, { filter: '(ou=Mine)' })).searchEntries.length);
      await client.unbind();
    }
    expect(found).toEqual([1, 0]);
  }, 60_000);
});
