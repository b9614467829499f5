import { describeConnector } from '../conformance/describe-connector.js';
import { ldap } from './index.js';
import { startedDirectory } from './running-directory.harness.js';

let numbers = 10_000;

/** Accounts and groups of UNIX systems: members by uid, disabled by expiry, which PAM looks at and the server does not. */
describeConnector('LDAP on OpenLDAP with POSIX accounts', {
  kind: ldap,
  start: () =>
    startedDirectory({
      server: { without: ['memberof'] },
      settings: () => ({
        objectClasses: ['inetOrgPerson', 'posixAccount', 'shadowAccount'],
        groups: { objectClass: 'posixGroup', memberAttribute: 'memberUid' },
        password: { by: 'attribute', scheme: 'server' },
        disable: { by: 'shadowExpire' },
      }),
      attributes: (_, login) => ({
        uidNumber: ++numbers,
        gidNumber: 100,
        homeDirectory: `/home/${login}`,
      }),
      groups: { objectClass: 'posixGroup', memberAttribute: 'memberUid', first: { gidNumber: '100' } },
      admits: async (client, dn) => {
        const { searchEntries } = await client.search(dn, { scope: 'base', attributes: ['shadowExpire'] });
        const expiry = Number([searchEntries[0]?.shadowExpire ?? []].flat()[0] ?? -1);
        return expiry < 0 || expiry > Date.now() / 86_400_000;
      },
    }),
});
