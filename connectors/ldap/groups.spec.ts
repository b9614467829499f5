import type { Client } from 'ldapts';
import { startTestOpenLdap, type TestOpenLdap } from '../../test/servers/openldap.js';
import { op, refusal } from '../conformance/stage.js';
import type { Account, Group } from '../contract/account.js';
import type { AnyConnector, GroupConnector } from '../contract/connector.js';
import { ldap } from './index.js';
import { configurationOf, signedIn } from './running-directory.harness.js';

/** A busy machine needs its time to start servers. */
jest.setTimeout(60_000);

describe('groups of LDAP directories', () => {
  let server: TestOpenLdap;
  let root: Client;
  let number = 0;
  const open: AnyConnector[] = [];

  beforeAll(async () => {
    server = await startTestOpenLdap();
    root = await signedIn(server, server.rootDn, server.rootPassword);
  });
  afterAll(async () => {
    await Promise.all(open.map((connector) => connector.close()));
    await root?.unbind();
    await server?.stop();
  });

  function connect(groups: Record<string, unknown>): AnyConnector & GroupConnector {
    const connector = ldap.connect(configurationOf(server, { groups })) as AnyConnector & GroupConnector;
    open.push(connector);
    return connector;
  }

  async function account(connector: AnyConnector): Promise<Account> {
    const key = `g${++number}`;
    const draft = {
      correlation: { attribute: 'employeeNumber', value: key },
      attributes: { displayName: `Person ${key}`, sn: key },
      unique: [{ attribute: 'uid', base: key }],
      enabled: true,
    };
    return (await connector.create(op(), draft)).account;
  }

  /** A group whose only member is the account. */
  async function groupOf(connector: GroupConnector, { name }: Account): Promise<Group & { dn: string }> {
    const dn = `cn=team ${++number},${server.groupsDn}`;
    await root.add(dn, { objectClass: 'groupOfNames', member: name });
    const group = await connector.findGroup(op(), dn);
    if (!group) throw new Error('The group is not found.');
    return { ...group, dn };
  }

  const members = async (dn: string) => {
    const { searchEntries } = await root.search(dn, { scope: 'base', attributes: ['member'] });
    return [searchEntries[0]?.member ?? []].flat().map(String);
  };

  it('leaves a placeholder in a group whose last member goes, and lets it stand', async () => {
    const placeholderMember = `cn=nobody,${server.baseDn}`;
    const connector = connect({ placeholderMember });
    const person = await account(connector);
    const group = await groupOf(connector, person);
    expect(await connector.removeMember(op(), group.id, person.id)).toBe('removed');
    expect(await members(group.dn)).toEqual([placeholderMember]);
    expect(await connector.removeMember(op(), group.id, person.id)).toBe('absent');
    expect(await connector.addMember(op(), group.id, person.id)).toBe('added');
    expect(await connector.removeMember(op(), group.id, person.id)).toBe('removed');
    expect(await members(group.dn)).toEqual([placeholderMember]);
  });

  it('names the setting that is missing where the last member may not go', async () => {
    const connector = connect({});
    const person = await account(connector);
    const group = await groupOf(connector, person);
    const error = await refusal(connector.removeMember(op(), group.id, person.id), 'misconfigured');
    expect(error.message).toContain('placeholderMember');
    expect(await members(group.dn)).toEqual([person.name]);
  });

  it('removes an account that is the last member of a group all the same', async () => {
    const connector = connect({});
    const person = await account(connector);
    await groupOf(connector, person);
    expect(await connector.remove(op(), person.id)).toBe('removed');
  });

  it('reads memberships from memberOf where the settings say so', async () => {
    const connector = connect({ memberOf: true });
    const [person, other] = [await account(connector), await account(connector)];
    const groups = [await groupOf(connector, person), await groupOf(connector, person)];
    const found = await connector.memberships(op(), person.id);
    expect(found.map(({ id }) => id).sort()).toEqual(groups.map(({ id }) => id).sort());
    expect(found.map(({ name }) => name).sort()).toEqual(groups.map(({ name }) => name).sort());
    expect(await connector.memberships(op(), other.id)).toEqual([]);
  });

  it('knows groups of the configured class only', async () => {
    const connector = connect({ objectClass: 'groupOfUniqueNames', memberAttribute: 'uniqueMember' });
    const dn = `cn=other kind,${server.groupsDn}`;
    await root.add(dn, { objectClass: 'groupOfNames', member: server.serviceDn });
    for (const reference of [dn, 'other kind']) expect(await connector.findGroup(op(), reference)).toBeUndefined();
  });

  it('finds a group whose name looks like a distinguished name', async () => {
    const connector = connect({});
    const dn = `cn=ou\\3DSales,${server.groupsDn}`;
    await root.add(dn, { objectClass: 'groupOfNames', member: server.serviceDn });
    expect((await connector.findGroup(op(), 'ou=Sales'))?.name).toBe('ou=Sales');
  });

  it('keeps members by uid in step when the uid changes', async () => {
    const connector = connect({ objectClass: 'posixGroup', memberAttribute: 'memberUid' });
    const person = await account(connector);
    const dn = `cn=unix ${++number},${server.groupsDn}`;
    await root.add(dn, { objectClass: 'posixGroup', gidNumber: '1000' });
    const group = await connector.findGroup(op(), dn);
    await connector.addMember(op(), group?.id ?? '', person.id);
    await connector.apply(op(), person.id, { unique: [{ attribute: 'uid', base: 'somebody.else' }] });
    const { searchEntries } = await root.search(dn, { scope: 'base', attributes: ['memberUid'] });
    expect(searchEntries[0]?.memberUid).toBe('somebody.else');
    expect(await connector.memberships(op(), person.id)).toEqual([group]);
  });
});
