import { Client, type Entry, InvalidCredentialsError } from 'ldapts';
import type { ActiveDirectoryAccess } from '../directories/active-directory.js';
import { PEOPLE_OU } from '../directories/demo-domain.js';

/** An account as it stands in Active Directory. */
export interface AdAccount {
  personId: string;
  dn: string;
  /** objectGUID, in hexadecimal digits as it is stored. */
  anchor: string;
  enabled: boolean;
  displayName: string;
  userPrincipalName: string;
  sAMAccountName: string;
  /** DN of the manager's account. */
  manager?: string;
  /** DNs. */
  groups: string[];
}

/** userAccountControl: the account is disabled (MS-ADTS section 2.2.16). */
const ACCOUNT_DISABLE = 0x2;

/** Looks into Active Directory with an LDAP client of its own: what it sees is not what Tenure says. */
export class ActiveDirectoryWitness {
  private client?: Client;

  constructor(private readonly access: () => ActiveDirectoryAccess) {}

  /** Every account of a person, by HR's id. */
  async accounts(): Promise<Map<string, AdAccount>> {
    const client = await this.administrator();
    const { searchEntries } = await client.search(PEOPLE_OU, {
      scope: 'sub',
      filter: '(&(objectClass=user)(employeeID=*))',
      attributes: [
        'employeeID',
        'objectGUID',
        'userAccountControl',
        'displayName',
        'userPrincipalName',
        'sAMAccountName',
        'manager',
        'memberOf',
      ],
      explicitBufferAttributes: ['objectGUID'],
    });
    return new Map(searchEntries.map(accountOf).map((account) => [account.personId, account]));
  }

  /** Signs in as a person does, by LDAPS with user principal name and password. */
  async canSignIn(userPrincipalName: string, password: string): Promise<boolean> {
    const client = this.connect();
    try {
      await client.bind(userPrincipalName, password);
      return true;
    } catch (error) {
      if (error instanceof InvalidCredentialsError) return false;
      throw error;
    } finally {
      await client.unbind();
    }
  }

  async close(): Promise<void> {
    await this.client?.unbind();
  }

  private async administrator(): Promise<Client> {
    this.client ??= this.connect();
    const { adminDn, adminPassword } = this.access();
    if (!this.client.isConnected) await this.client.bind(adminDn, adminPassword);
    return this.client;
  }

  private connect(): Client {
    const { url, ca } = this.access();
    return new Client({ url, tlsOptions: { ca }, timeout: 10_000, connectTimeout: 5_000 });
  }
}

function accountOf(entry: Entry): AdAccount {
  return {
    personId: textOf(entry.employeeID),
    dn: entry.dn,
    anchor: Buffer.isBuffer(entry.objectGUID) ? entry.objectGUID.toString('hex') : '',
    enabled: (Number(textOf(entry.userAccountControl)) & ACCOUNT_DISABLE) === 0,
    displayName: textOf(entry.displayName),
    userPrincipalName: textOf(entry.userPrincipalName),
    sAMAccountName: textOf(entry.sAMAccountName),
    manager: textOf(entry.manager) || undefined,
    groups: [entry.memberOf ?? []].flat().map(String),
  };
}

function textOf(value: Entry[string] | undefined): string {
  return String([value ?? ''].flat()[0] ?? '');
}
