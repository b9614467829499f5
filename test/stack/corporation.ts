import { Client } from 'ldapts';
import type { GraphSandbox } from '../../sandbox/graph/graph-sandbox';
import { startGraphSandbox } from '../../sandbox/graph/graph-sandbox';
import type { SambaDirectory } from '../../worker/embedded/samba';
import { startTestMailServer, type TestMailServer } from '../servers/mail';
import { startTestSamba } from '../servers/samba';
import type { StackDirectory } from './tenure';

/** What the policy of the tests calls its directories. */
export const AD = 'corp-ad';
export const ENTRA = 'entra';

/** A small organisation with a real Active Directory, a tenant of Entra ID and a mail server. */
export class Corporation {
  private constructor(
    readonly samba: SambaDirectory,
    readonly graph: GraphSandbox,
    readonly mail: TestMailServer,
    private readonly client: Client,
  ) {}

  static async start(): Promise<Corporation> {
    const [samba, graph, mail] = await Promise.all([
      startTestSamba(),
      startGraphSandbox({ domains: ['corp.example.test'], groups: ['All Staff', 'Sales'] }),
      startTestMailServer(),
    ]);
    const corporation = new Corporation(
      samba,
      graph,
      mail,
      new Client({ url: samba.url, tlsOptions: { ca: [samba.ca] } }),
    );
    await corporation.seed();
    return corporation;
  }

  /** The entries of `directories.yaml`. */
  directories(): StackDirectory[] {
    const { samba, graph } = this;
    return [
      {
        name: AD,
        kind: 'active-directory',
        settings: {
          urls: [samba.url],
          ca: samba.ca,
          bindDn: samba.adminUpn,
          baseDn: samba.baseDn,
          container: `OU=People,${samba.baseDn}`,
          connectTimeoutMs: 2_000,
          operationTimeoutMs: 5_000,
        },
        secrets: { password: samba.adminPassword },
      },
      {
        name: ENTRA,
        kind: 'entra-id',
        settings: {
          tenantId: graph.tenantId,
          clientId: graph.clientId,
          authorityUrl: graph.baseUrl,
          graphUrl: graph.baseUrl,
          ca: graph.ca,
          domain: 'corp.example.test',
          requestTimeoutMs: 5_000,
        },
        secrets: { clientSecret: graph.clientSecret },
      },
    ];
  }

  /** Everybody gets an account in both directories; Sales has an OU and a group of its own. */
  policy({ grace = 'P30D' } = {}): string {
    const { baseDn } = this.samba;
    const fullName = 'coalesce(person.displayName, person.givenName + " " + person.familyName)';
    const userName = 'coalesce(slug(person.givenName + "." + person.familyName), slug(person.personId))';
    return `
version: 1
rules:
  - name: Everyone
    grants:
      - { directory: ${AD}, groups: ['CN=All Staff,OU=Groups,${baseDn}'] }
      - { directory: ${ENTRA}, groups: ['All Staff'] }
  - name: Sales
    when: person.department == "Sales"
    grants:
      - directory: ${AD}
        container: '"OU=Sales,OU=People,${baseDn}"'
        groups: ['CN=Sales,OU=Groups,${baseDn}']
      - { directory: ${ENTRA}, groups: ['Sales'] }
directories:
  ${AD}:
    correlate: { attribute: employeeID }
    container: '"OU=People,${baseDn}"'
    attributes:
      displayName: '${fullName}'
      givenName: person.givenName
      sn: person.familyName
      department: person.department
      title: person.title
      sAMAccountName: { unique: '${userName}', maxLength: 20, once: true }
      userPrincipalName: { unique: '${userName} + "@corp.example.test"', maxLength: 64, once: true }
    manager: true
    leaver: { grace: ${grace} }
  ${ENTRA}:
    correlate: { attribute: employeeId }
    attributes:
      displayName: '${fullName}'
      givenName: person.givenName
      surname: person.familyName
      department: person.department
      jobTitle: person.title
      mailNickname: { unique: '${userName}', maxLength: 64, once: true }
      userPrincipalName: { unique: '${userName} + "@corp.example.test"', maxLength: 64, once: true }
    manager: true
    leaver: { grace: ${grace} }
mail:
  activation: { to: person.personalMail }
`;
  }

  /** The accounts of a person in AD, as the directory itself says; more than one would be a mistake. */
  async adAccounts(personId: string): Promise<Record<string, unknown>[]> {
    const { searchEntries } = await this.client.search(this.samba.baseDn, {
      filter: `(employeeID=${personId})`,
      attributes: ['*', 'memberOf', 'objectGUID'],
      explicitBufferAttributes: ['objectGUID', 'objectSid'],
    });
    return searchEntries;
  }

  /** The accounts of a person in the tenant, the recycle bin left out. */
  entraAccounts(personId: string): Record<string, unknown>[] {
    const users = this.graph.admin
      .users()
      .map(({ id, properties, groups }): Record<string, unknown> => ({ ...properties, id, groups }));
    return users.filter((user) => user.employeeId === personId);
  }

  /** True when somebody may sign in to AD with that name and password. */
  async canSignIn(userPrincipalName: string, password: string): Promise<boolean> {
    const client = new Client({ url: this.samba.url, tlsOptions: { ca: [this.samba.ca] } });
    try {
      await client.bind(userPrincipalName, password);
      return true;
    } catch {
      return false;
    } finally {
      await client.unbind();
    }
  }

  /** Signs in to AD as the administrator; needed again after the server was killed. */
  async connect(): Promise<void> {
    await this.client.bind(this.samba.adminUpn, this.samba.adminPassword);
  }

  async stop(): Promise<void> {
    await this.client.unbind().catch(() => undefined);
    await Promise.all([this.samba.stop(), this.graph.stop(), this.mail.stop()]);
  }

  private async seed(): Promise<void> {
    await this.connect();
    const { baseDn } = this.samba;
    for (const ou of [`OU=People,${baseDn}`, `OU=Sales,OU=People,${baseDn}`, `OU=Groups,${baseDn}`]) {
      await this.client.add(ou, { objectClass: 'organizationalUnit' });
    }
    for (const name of ['All Staff', 'Sales']) {
      await this.client.add(`CN=${name},OU=Groups,${baseDn}`, { objectClass: 'group', sAMAccountName: name });
    }
  }
}
