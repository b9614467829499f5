import { Attribute, Change } from 'ldapts';
import { startActiveDirectory } from '../../sandbox/active-directory/active-directory.js';
import { addGroup, signedIn, startedDirectory } from '../conformance/active-directory/running-domain.js';
import { op } from '../conformance/stage.js';
import type { ActiveDirectoryConnector } from './active-directory.connector.js';
import { guidDn } from './distinguished-names.js';
import { activeDirectory } from './index.js';

describe('memberships of somebody in more groups than one answer holds', () => {
  it('are all read, and a change of one is told right', async () => {
    const domain = await startActiveDirectory({ seed: { organizationalUnits: [], groups: [] } });
    const directory = await startedDirectory(domain);
    const connector = activeDirectory.connect(directory.configuration) as ActiveDirectoryConnector;
    const admin = await signedIn(domain, domain.adminUpn, domain.adminPassword);
    try {
      const draft = directory.draft({ key: 'p1', login: 'p1', displayName: 'Person', enabled: true });
      const { account } = await connector.create(op(), draft);
      const member = new Attribute({ type: 'member', values: [guidDn(account.id)] });
      const staff = `OU=Staff,${domain.baseDn}`;
      const ids: string[] = [];
      for (let from = 0; from < 1_600; from += 100) {
        const made = Array.from({ length: 100 }, async (_, index) => {
          const name = `Group ${from + index}`;
          const { id } = await addGroup(admin, name, staff);
          await admin.modify(`CN=${name},${staff}`, new Change({ operation: 'add', modification: member }));
          return id;
        });
        ids.push(...(await Promise.all(made)));
      }
      const found = await connector.memberships(op(), account.id);
      expect(found.map((group) => group.id).sort()).toEqual([...ids].sort());
      expect(found.find((group) => group.id === ids[1_599])?.name).toBe('Group 1599');
      const last = ids[1_599] as string;
      expect(await connector.removeMember(op(), last, account.id)).toBe('removed');
      expect(await connector.removeMember(op(), last, account.id)).toBe('absent');
      expect(await connector.addMember(op(), ids[0] as string, account.id)).toBe('present');
    } finally {
      await admin.unbind();
      await connector.close();
      await directory.stop();
    }
  }, 60_000);
});
