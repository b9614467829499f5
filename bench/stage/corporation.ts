import { Attribute, Change, Client } from 'ldapts';
import { SandboxClient } from '../../sandbox/graph/sandbox-client.js';
import { startTestSamba } from '../../test/servers/samba.js';
import type { StackDirectory } from '../../test/stack/tenure.js';
import type { SambaDirectory } from '../../worker/embedded/samba.js';
import { type GraphProcess, startGraphProcess } from './graph-process.js';
import { type MailSink, startMailSink } from './mail-sink.js';

/** The directories' names, and what a joiner gets in them. */
export const AD = 'corp-ad';
export const ENTRA = 'entra';
export const DOMAIN = 'corp.example.test';
const GROUP = 'All Staff';

/** Connections of the AD connector and requests of the Graph connector at a time; raw writes use as many. */
export const AD_CONNECTIONS = 8;
export const GRAPH_CONNECTIONS = 16;

/** The organisation that the benchmark fills: Samba, the Graph sandbox and a mail server, each a process but the last. */
export class Corporation {
  private constructor(
    readonly samba: SambaDirectory,
    readonly graph: GraphProcess,
    readonly mail: MailSink,
    readonly graphClient: SandboxClient,
    readonly graphGroup: string,
  ) {}

  static async start(): Promise<Corporation> {
    const [samba, graph, mail] = await Promise.all([
      startTestSamba(),
      startGraphProcess(DOMAIN, GROUP),
      startMailSink(),
    ]);
    const graphClient = new SandboxClient(graph);
    const { body } = await graphClient.call(
      'GET',
      `/groups?$filter=${encodeURIComponent(`displayName eq '${GROUP}'`)}`,
    );
    const corporation = new Corporation(samba, graph, mail, graphClient, body.value[0].id);
    await corporation.seed();
    return corporation;
  }

  /** Where accounts of the service go, and where those of the raw writes. */
  get people(): string {
    return `OU=People,${this.samba.baseDn}`;
  }
  get raw(): string {
    return `OU=Raw,${this.samba.baseDn}`;
  }
  get rawGroup(): string {
    return `CN=Raw,OU=Groups,${this.samba.baseDn}`;
  }

  /** A bound connection to AD of the benchmark's own. */
  async connect(): Promise<Client> {
    const client = new Client({ url: this.samba.url, tlsOptions: { ca: [this.samba.ca] } });
    await client.bind(this.samba.adminUpn, this.samba.adminPassword);
    return client;
  }

  /** Adds somebody to a group as the connectors do: one change of the group. */
  async addToGroup(client: Client, group: string, dn: string): Promise<void> {
    const modification = new Attribute({ type: 'member', values: [dn] });
    await client.modify(group, [new Change({ operation: 'add', modification })]);
  }

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
          container: this.people,
          poolSize: AD_CONNECTIONS,
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
          domain: DOMAIN,
          maxConnections: GRAPH_CONNECTIONS,
        },
        secrets: { clientSecret: graph.clientSecret },
      },
    ];
  }

  /** An account and one group in both directories, and an activation mail. */
  policy(): string {
    const userName = 'slug(person.givenName + "." + person.familyName)';
    return `
version: 1
rules:
  - name: Everyone
    grants:
      - { directory: ${AD}, groups: ['CN=${GROUP},OU=Groups,${this.samba.baseDn}'] }
      - { directory: ${ENTRA}, groups: ['${GROUP}'] }
directories:
  ${AD}:
    correlate: { attribute: employeeID }
    attributes:
      displayName: 'person.givenName + " " + person.familyName'
      givenName: person.givenName
      sn: person.familyName
      department: person.department
      title: person.title
      sAMAccountName: { unique: '${userName}', maxLength: 20, once: true }
      userPrincipalName: { unique: '${userName} + "@${DOMAIN}"', maxLength: 64, once: true }
    leaver: { grace: P30D }
  ${ENTRA}:
    correlate: { attribute: employeeId }
    attributes:
      displayName: 'person.givenName + " " + person.familyName'
      givenName: person.givenName
      surname: person.familyName
      department: person.department
      jobTitle: person.title
      userPrincipalName: { unique: '${userName} + "@${DOMAIN}"', maxLength: 64, once: true }
    leaver: { grace: P30D }
mail:
  activation: { to: person.personalMail }
`;
  }

  async stop(): Promise<void> {
    this.graphClient.close();
    await Promise.all([this.samba.stop(), this.graph.stop(), this.mail.stop()]);
  }

  private async seed(): Promise<void> {
    const client = await this.connect();
    for (const ou of [this.people, this.raw, `OU=Groups,${this.samba.baseDn}`]) {
      await client.add(ou, { objectClass: 'organizationalUnit' });
    }
    for (const name of [GROUP, 'Raw']) {
      await client.add(`CN=${name},OU=Groups,${this.samba.baseDn}`, { objectClass: 'group', sAMAccountName: name });
    }
    await client.unbind();
  }
}
