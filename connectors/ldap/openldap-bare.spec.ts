import { describeConnector } from '../conformance/describe-connector.js';
import { ldap } from './index.js';
import { startedDirectory } from './running-directory.harness.js';

/** A server that keeps neither values unique nor references in order, reached by StartTLS; people are named by cn. */
describeConnector('LDAP on an OpenLDAP without overlays', {
  kind: ldap,
  start: () =>
    startedDirectory({
      server: { without: ['memberof', 'refint', 'unique'] },
      settings: ({ plainUrl, baseDn }) => ({
        urls: [plainUrl],
        rdnAttribute: 'cn',
        groups: {
          objectClass: 'groupOfUniqueNames',
          memberAttribute: 'uniqueMember',
          placeholderMember: `cn=nobody,${baseDn}`,
        },
        password: { by: 'attribute', scheme: 'SSHA512' },
        disable: { by: 'attribute', attribute: 'pwdEndTime', disabled: '19700101000000Z' },
      }),
      groups: { objectClass: 'groupOfUniqueNames', memberAttribute: 'uniqueMember' },
    }),
});
