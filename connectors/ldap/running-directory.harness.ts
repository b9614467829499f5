import { randomUUID } from 'node:crypto';
import { Client, EqualityFilter } from 'ldapts';
import { type OpenLdapVariant, startTestOpenLdap, type TestOpenLdap } from '../../test/servers/openldap.js';
import { freePort } from '../../worker/embedded/free-port.js';
import type { SampleGroup, StartedDirectory } from '../conformance/harness.js';
import type { DirectoryConfiguration } from '../contract/connector-factory.js';

/** Signs in to a directory without the connector. */
export async function signedIn({ url, ca }: TestOpenLdap, dn: string, password: string): Promise<Client> {
  const client = new Client({ url, tlsOptions: { ca }, timeout: 20_000 });
  try {
    await client.bind(dn, password);
    return client;
  } catch (error) {
    await client.unbind();
    throw error;
  }
}

/** Whether that password signs in. */
export async function signsIn(directory: TestOpenLdap, dn: string, password: string): Promise<boolean> {
  try {
    await (await signedIn(directory, dn, password)).unbind();
    return true;
  } catch (error) {
    if ((error as { code?: number }).code === 49) return false;
    throw error;
  }
}

/** A working configuration of the connector, with what differs from the usual settings. */
export function configurationOf(directory: TestOpenLdap, change: Record<string, unknown> = {}): DirectoryConfiguration {
  return {
    name: 'corp',
    settings: {
      urls: [directory.url],
      ca: directory.ca,
      bindDn: directory.serviceDn,
      baseDn: directory.baseDn,
      container: directory.peopleDn,
      groupBaseDn: directory.groupsDn,
      passwordPolicy: directory.policyDn,
      groups: { placeholderMember: `cn=nobody,${directory.baseDn}` },
      operationTimeoutMs: 10_000,
      ...change,
    },
    secrets: { password: directory.servicePassword },
  };
}

/** Values longer than these are refused, as many an administrator has it. */
const LIMITS = ['overlay constraint', 'constraint_attribute displayName,title,employeeType size 256'];

/** A directory that is run and configured in a certain way. */
export interface Way {
  server?: OpenLdapVariant;
  settings?(directory: TestOpenLdap): Record<string, unknown>;
  /** What a mapping gives besides. */
  attributes?(key: string, login: string): Record<string, string | number>;
  groups?: { objectClass: string; memberAttribute: string; first?: Record<string, string> };
  /** Whether whoever signs people in lets the account in, besides the password: not every way of disabling is the server's. */
  admits?(client: Client, dn: string): Promise<boolean>;
}

/** Starts a directory for the conformance suite. */
export async function startedDirectory(way: Way = {}): Promise<StartedDirectory> {
  const directives = ['moduleload constraint', ...(way.server?.directives ?? [])];
  const server = await startTestOpenLdap({ ...way.server, directives, overlays: LIMITS });
  const root = await signedIn(server, server.rootDn, server.rootPassword);
  const other = `ou=Other\\, place,${server.peopleDn}`;
  await root.add(other, { objectClass: 'organizationalUnit' });
  const groups = way.groups ?? { objectClass: 'groupOfNames', memberAttribute: 'member' };
  const placeholder = `cn=nobody,${server.baseDn}`;
  const group = async (cn: string, place: string): Promise<SampleGroup> => {
    const dn = `cn=${cn.replaceAll(',', '\\,')},${place}`;
    const first = groups.first ?? { [groups.memberAttribute]: placeholder };
    await root.add(dn, { objectClass: groups.objectClass, cn, ...first });
    const { searchEntries } = await root.search(dn, { scope: 'base', attributes: ['entryUUID'] });
    const id = String(searchEntries[0]?.entryUUID);
    return { id, references: [id, dn, dn.toUpperCase(), cn] };
  };
  const configuration = configurationOf(server, way.settings?.(server));
  const settings = configuration.settings as Record<string, unknown>;
  await root.add(`ou=more,${server.groupsDn}`, { objectClass: 'organizationalUnit' });
  await group('Twins', server.groupsDn);
  await group('Twins', `ou=more,${server.groupsDn}`);
  return {
    configuration,
    wrongSecret: { ...configuration, secrets: { password: `wrong-${randomUUID()}` } },
    unreachable: { ...configuration, settings: { ...settings, urls: [`ldaps://127.0.0.1:${await freePort()}`] } },
    misconfigured: [
      { settings: { ...settings, urls: ['http://ldap.example.org'] }, names: 'urls' },
      { settings: { ...settings, urls: [] }, names: 'urls' },
      { settings: { ...settings, baseDn: 'example.org' }, names: 'baseDn' },
      { settings: { ...settings, container: 'ou=elsewhere,dc=example,dc=com' }, names: 'container' },
      { settings: { ...settings, bindDN: 'x' }, names: 'bindDN' },
      { settings: { ...settings, objectClasses: [] }, names: 'objectClasses' },
      {
        settings: { ...settings, objectClasses: ['inetOrgPerson'], disable: { by: 'shadowExpire' } },
        names: 'shadowAccount',
      },
      { settings: { ...settings, groups: { memberIs: 'cn' } }, names: 'groups.memberIs' },
      { settings: { ...settings, groups: { members: 'x' } }, names: 'groups.members' },
      {
        settings: { ...settings, disable: { by: 'attribute', attribute: 'nsAccountLock' } },
        names: 'disable.disabled',
      },
      { settings: { ...settings, password: { by: 'attribute', scheme: 'clear' } }, names: 'password.scheme' },
      { settings: { ...settings, poolSize: 0 }, names: 'poolSize' },
      { settings: { ...settings, ca: '/no/such/file.pem' }, names: 'ca' },
      { settings, secrets: {}, names: 'password' },
    ],
    draft: ({ key, login, displayName, enabled }) => ({
      correlation: { attribute: 'employeeNumber', value: key },
      attributes: { displayName, givenName: 'Given', sn: 'Name', ...way.attributes?.(key, login) },
      unique: [
        { attribute: 'uid', base: login },
        { attribute: 'mail', base: `${login}@example.test` },
      ],
      container: server.peopleDn,
      enabled,
    }),
    attributes: {
      displayName: 'displayName',
      text: ['title', 'employeeType'],
      multiple: { name: 'telephoneNumber', values: ['+49 30 1', '+49 30 2', '+49 30 3'] },
      unknown: 'favouriteColour',
    },
    containers: { other, missing: `ou=missing,${server.baseDn}` },
    groups: {
      one: await group('Sales, all', server.groupsDn),
      another: await group('Berlin', server.groupsDn),
      ambiguous: 'Twins',
    },
    passwords: { strong: ['Korrekt-Pferd-77', 'Batterie_Klammer 8'], weak: 'abc' },
    probe: {
      count: async (key) => {
        const filter = new EqualityFilter({ attribute: 'employeeNumber', value: Buffer.from(key) });
        return (await root.search(server.baseDn, { filter, attributes: ['cn'] })).searchEntries.length;
      },
      signIn: async ({ id }, password) => {
        const filter = new EqualityFilter({ attribute: 'entryUUID', value: id });
        const [entry] = (await root.search(server.baseDn, { filter, attributes: ['1.1'] })).searchEntries;
        const dn = entry?.dn ?? '';
        return (await signsIn(server, dn, password)) && ((await way.admits?.(root, dn)) ?? true);
      },
    },
    stop: async () => {
      await root.unbind();
      await server.stop();
    },
  };
}
