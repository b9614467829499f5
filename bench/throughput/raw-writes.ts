import { Attribute } from 'ldapts';
import { rateOf, sideBySide } from '../measuring/side-by-side.js';
import { AD_CONNECTIONS, type Corporation, DOMAIN, GRAPH_CONNECTIONS } from '../stage/corporation.js';

/** What a password of the connectors looks like; shorter ones would be quicker to derive keys from. */
const PASSWORD = `${'aA!'.repeat(18)}!A!a1`;

/** Accounts with a password and a group per second, written straight to AD through as many connections. */
export async function rawDirectoryWrites(corporation: Corporation, prefix: string, count: number): Promise<number> {
  const clients = await Promise.all(Array.from({ length: AD_CONNECTIONS }, () => corporation.connect()));
  try {
    return await rateOf(count, () =>
      sideBySide(count, clients.length, async (index, lane) => {
        const client = clients[lane];
        if (!client) throw new Error('Every lane has its connection.');
        const name = `${prefix}${index}`;
        const dn = `CN=${name},${corporation.raw}`;
        await client.add(dn, [
          new Attribute({ type: 'objectClass', values: ['top', 'person', 'organizationalPerson', 'user'] }),
          new Attribute({ type: 'userAccountControl', values: ['512'] }),
          new Attribute({ type: 'unicodePwd', values: [Buffer.from(`"${PASSWORD}"`, 'utf16le')] }),
          ...Object.entries(attributesOf(name)).map(([type, value]) => new Attribute({ type, values: [value] })),
        ]);
        await corporation.addToGroup(client, corporation.rawGroup, dn);
      }),
    );
  } finally {
    await Promise.all(clients.map((client) => client.unbind()));
  }
}

function attributesOf(name: string): Record<string, string> {
  return {
    employeeID: name,
    sAMAccountName: name,
    userPrincipalName: `${name}@${DOMAIN}`,
    displayName: `Raw ${name}`,
    givenName: 'Raw',
    sn: name,
    department: 'Department 1',
    title: 'Engineer',
  };
}

/** Accounts with a group per second, posted straight to the Graph sandbox with as many requests at a time. */
export async function rawGraphWrites(corporation: Corporation, prefix: string, count: number): Promise<number> {
  const { graph, graphClient, graphGroup } = corporation;
  await graphClient.token();
  const post = async (path: string, body: unknown) => {
    const answer = await graphClient.call('POST', path, { body });
    if (answer.status >= 300) throw new Error(`POST ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
    return answer.body;
  };
  return await rateOf(count, () =>
    sideBySide(count, GRAPH_CONNECTIONS, async (index) => {
      const name = `${prefix}${index}`;
      const { id } = await post('/users', {
        accountEnabled: true,
        displayName: `Raw ${name}`,
        givenName: 'Raw',
        surname: name,
        department: 'Department 1',
        jobTitle: 'Engineer',
        employeeId: name,
        mailNickname: name,
        userPrincipalName: `${name}@${DOMAIN}`,
        passwordProfile: { password: PASSWORD, forceChangePasswordNextSignIn: false },
      });
      await post(`/groups/${graphGroup}/members/$ref`, {
        '@odata.id': `${graph.baseUrl}/v1.0/directoryObjects/${id}`,
      });
    }),
  );
}
