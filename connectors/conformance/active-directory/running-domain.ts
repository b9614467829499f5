import { randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { Client, EqualityFilter } from 'ldapts';
import { guidFromBytes } from '../../active-directory/identifiers.js';
import type { DirectoryConfiguration } from '../../contract/connector-factory.js';
import type { SampleGroup, StartedDirectory } from '../harness.js';

/** A domain that runs: Samba's, or the stand-in's. */
export interface RunningDomain {
  url: string;
  /** PEM. */
  ca: string;
  baseDn: string;
  adminUpn: string;
  adminPassword: string;
  stop(): Promise<void>;
}

/** Signs in to a domain without the connector. */
export async function signedIn(domain: RunningDomain, user: string, password: string): Promise<Client> {
  const client = new Client({ url: domain.url, tlsOptions: { ca: domain.ca }, timeout: 20_000 });
  try {
    await client.bind(user, password);
    return client;
  } catch (error) {
    await client.unbind();
    throw error;
  }
}

/** A working configuration of the connector for a domain, with an OU for its people. */
export function configurationOf(domain: RunningDomain): DirectoryConfiguration {
  return {
    name: 'corp',
    settings: {
      urls: [domain.url],
      ca: domain.ca,
      bindDn: domain.adminUpn,
      baseDn: domain.baseDn,
      container: `OU=Staff,${domain.baseDn}`,
      operationTimeoutMs: 10_000,
    },
    secrets: { password: domain.adminPassword },
  };
}

/** Brings a fresh domain to what the conformance suite needs: containers and groups. */
export async function startedDirectory(domain: RunningDomain): Promise<StartedDirectory> {
  const staff = `OU=Staff,${domain.baseDn}`;
  const other = `OU=Other\\, place,${staff}`;
  const admin = await signedIn(domain, domain.adminUpn, domain.adminPassword);
  await admin.add(staff, { objectClass: 'organizationalUnit' });
  await admin.add(other, { objectClass: 'organizationalUnit' });
  const group = (cn: string, place: string) => addGroup(admin, cn, place);
  const configuration = configurationOf(domain);
  const settings = configuration.settings as Record<string, unknown>;
  const suffix = domain.baseDn.replace(/,?DC=/gi, '.').slice(1);
  const silent = await closedPort();
  return {
    configuration,
    wrongSecret: { ...configuration, secrets: { password: `wrong-${randomUUID()}` } },
    unreachable: { ...configuration, settings: { ...settings, urls: [`ldaps://127.0.0.1:${silent}`] } },
    misconfigured: [
      { settings: { ...settings, urls: ['ldap://dc1.example.org'] }, names: 'urls' },
      { settings: { ...settings, urls: [] }, names: 'urls' },
      { settings: { ...settings, baseDn: 'example.org' }, names: 'baseDn' },
      { settings: { ...settings, container: 'OU=Elsewhere,DC=example,DC=com' }, names: 'container' },
      { settings: { ...settings, bindDN: 'x' }, names: 'bindDN' },
      { settings: { ...settings, poolSize: 0 }, names: 'poolSize' },
      { settings: { ...settings, ca: '/no/such/file.pem' }, names: 'ca' },
      { settings, secrets: {}, names: 'password' },
    ],
    draft: ({ key, login, displayName, enabled }) => ({
      correlation: { attribute: 'employeeID', value: key },
      attributes: { displayName, givenName: 'Given', sn: 'Name' },
      unique: [
        { attribute: 'sAMAccountName', base: login, maxLength: 20 },
        { attribute: 'userPrincipalName', base: `${login}@${suffix}` },
      ],
      container: staff,
      enabled,
    }),
    attributes: {
      displayName: 'displayName',
      text: ['department', 'company'],
      multiple: { name: 'otherTelephone', values: ['+49 30 1', '+49 30 2', '+49 30 3'] },
      unknown: 'favouriteColour',
    },
    containers: { other, missing: `OU=Missing,${domain.baseDn}` },
    groups: {
      one: await group('Sales, all', staff),
      another: await group('Berlin', staff),
      ambiguous: await twins(admin, staff, other),
    },
    passwords: { strong: ['Korrekt-Pferd-77', 'Batterie_Klammer 8'], weak: 'abc' },
    probe: {
      count: async (key) => {
        const filter = new EqualityFilter({ attribute: 'employeeID', value: Buffer.from(key) });
        return (await admin.search(domain.baseDn, { filter, attributes: ['cn'] })).searchEntries.length;
      },
      signIn: async (account, password) => {
        try {
          await (await signedIn(domain, String(account.attributes.userPrincipalName), password)).unbind();
          return true;
        } catch (error) {
          if ((error as { code?: number }).code === 49) return false;
          throw error;
        }
      },
    },
    stop: async () => {
      await admin.unbind();
      await domain.stop();
    },
  };
}

/** Adds a global security group, and tells every way to name it. */
export async function addGroup(
  admin: Client,
  cn: string,
  place: string,
  sam = cn.replaceAll(',', ''),
): Promise<SampleGroup> {
  const dn = `CN=${cn.replaceAll(',', '\\,')},${place}`;
  await admin.add(dn, { objectClass: 'group', sAMAccountName: sam });

  const [entry] = (
    await admin.search(dn, { scope: 'base', attributes: ['objectGUID'], explicitBufferAttributes: ['objectGUID'] })
  ).searchEntries;
  const id = guidFromBytes(entry?.objectGUID as Buffer);
  return { id, references: [id, dn, dn.toLowerCase(), cn, sam] };
}

async function twins(admin: Client, ...places: string[]): Promise<string> {
  const name = 'Twins';
  for (const [index, place] of places.entries()) await addGroup(admin, name, place, `${name}${index + 1}`);
  return name;
}

/** A port on which nothing listens. */
async function closedPort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address ? address.port : 1;
}
