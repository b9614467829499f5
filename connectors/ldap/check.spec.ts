import { Attribute, Change } from 'ldapts';
import { generate } from 'selfsigned';
import { createServerCertificate } from '../../sandbox/certificates.js';
import { type OpenLdapVariant, startTestOpenLdap, type TestOpenLdap } from '../../test/servers/openldap.js';
import { op } from '../conformance/stage.js';
import type { CheckItem } from '../contract/connector.js';
import { ldap } from './index.js';
import { configurationOf, signedIn } from './running-directory.harness.js';

/** A busy machine needs its time to start servers. */
jest.setTimeout(60_000);

const SERVICE = 'cn=tenure,dc=example,dc=test';
const PEOPLE = 'ou=people,dc=example,dc=test';

describe('the check of an LDAP directory', () => {
  const servers: TestOpenLdap[] = [];
  afterEach(() => Promise.all(servers.splice(0).map((server) => server.stop())));

  async function start(variant?: OpenLdapVariant): Promise<TestOpenLdap> {
    const server = await startTestOpenLdap(variant);
    servers.push(server);
    return server;
  }

  async function check(server: TestOpenLdap, change: Record<string, unknown> = {}): Promise<CheckItem[]> {
    const connector = ldap.connect(configurationOf(server, change));
    try {
      return await connector.check(op());
    } finally {
      await connector.close();
    }
  }

  async function entries(server: TestOpenLdap): Promise<string[]> {
    const root = await signedIn(server, server.rootDn, server.rootPassword);
    const { searchEntries } = await root.search(server.baseDn, { attributes: ['1.1'] });
    await root.unbind();
    return searchEntries.map(({ dn }) => dn).sort();
  }

  const failed = (items: CheckItem[]) => items.filter(({ ok }) => !ok).map(({ name }) => name);
  const said = (items: CheckItem[], name: string) => items.find((item) => item.name === name)?.message;

  it('finds everything in order, over LDAPS and by StartTLS, and leaves nothing behind', async () => {
    const server = await start();
    const before = await entries(server);
    for (const urls of [[server.url], [server.plainUrl]]) {
      const items = await check(server, { urls });
      expect(failed(items)).toEqual([]);
      expect(items.map(({ name }) => name)).toEqual([
        ...['connect', 'certificate', 'sign in', 'base DN', 'container', 'group base DN', 'password policy'],
        ...['read accounts', 'schema', 'create accounts', 'change accounts', 'disable accounts', 'set passwords'],
        ...['passwords sign in', 'disabled accounts are refused', 'change groups', 'remove accounts'],
      ]);
    }
    expect(await entries(server)).toEqual(before);
  });

  it.each<[string, Record<string, unknown>, string, RegExp]>([
    ['an address where nobody listens', { urls: ['ldaps://127.0.0.1:9'] }, 'connect', /ECONNREFUSED/],
    ['an unknown authority', { ca: undefined }, 'certificate', /put it, or the authority that signs, into "ca"/],
    ['a wrong name to sign in with', { bindDn: 'cn=nobody,dc=example,dc=test' }, 'sign in', /bindDn/],
    ['a wrong base', { baseDn: 'dc=test', container: PEOPLE }, 'base DN', /dc=test is not there/],
    ['a missing container', { container: `ou=staff,${PEOPLE}` }, 'container', /ou=staff.* is not there/],
    ['a missing policy', { passwordPolicy: 'cn=no,dc=example,dc=test' }, 'password policy', /cn=no/],
    ['an unknown class', { objectClasses: ['inetOrgPerson', 'sambaSamAccount'] }, 'schema', /sambaSamAccount/],
    ['an unknown attribute', { correlationAttribute: 'employeeID' }, 'schema', /employeeID/],
  ])('names %s, and what to do', async (_, change, name, words) => {
    const items = await check(await start(), change);
    expect(failed(items)).toEqual([name]);
    expect(said(items, name)).toMatch(words);
  });

  it('names a certificate that has expired', async () => {
    const made = await generate([{ name: 'commonName', value: '127.0.0.1' }], {
      notBeforeDate: new Date('2020-01-01'),
      notAfterDate: new Date('2021-01-01'),
      extensions: [{ name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] }],
    });
    const server = await start({ certificate: { cert: made.cert, key: made.private } });
    for (const urls of [[server.url], [server.plainUrl]]) {
      const items = await check(server, { urls });
      expect(failed(items)).toEqual(['certificate']);
      expect(said(items, 'certificate')).toMatch(/has expired: renew it/);
    }
  });

  it('names a certificate of another name, over LDAPS and by StartTLS', async () => {
    const server = await start({ certificate: await createServerCertificate(['ldap.elsewhere.test']) });
    for (const urls of [[server.url], [server.plainUrl]]) {
      const items = await check(server, { urls });
      expect(failed(items)).toEqual(['certificate']);
      expect(said(items, 'certificate')).toMatch(/made out to another name/);
    }
  });

  it('names a server that offers no StartTLS, and sends it no password', async () => {
    const server = await start({ certificate: 'none' });
    const items = await check(server, { urls: [server.plainUrl], ca: undefined });
    expect(failed(items)).toEqual(['certificate']);
    expect(said(items, 'certificate')).toMatch(/does not offer StartTLS/);
  });

  it.each<[string, string[], string[]]>([
    ['nothing but read', [`access to * by dn.exact="${SERVICE}" read by anonymous auth`], ['create accounts']],
    [
      'change no attribute',
      [`access to dn.regex="^uid=[^,]+,${PEOPLE}$" attrs=manager by * read`],
      ['change accounts'],
    ],
    ['disable nobody', ['access to attrs=pwdAccountLockedTime by * read'], ['disable accounts']],
    [
      'set no passwords',
      [`access to attrs=userPassword by dn.exact="${SERVICE}" read by anonymous auth`],
      ['set passwords'],
    ],
    ['let nobody sign in', ['access to dn.regex="^uid=" attrs=userPassword by * =w'], ['passwords sign in']],
  ])('tells a service account that may %s', async (_, directives, names) => {
    const server = await start({ directives });
    const items = await check(server);
    expect(failed(items)).toEqual(names);
    expect(said(items, names[0] as string)).toMatch(/service account lacks the right|does not sign in/);
    expect(await entries(server)).toHaveLength(6);
  });

  it('tells that groups may not be changed, as a right that not everybody needs', async () => {
    const server = await start({ directives: ['access to attrs=member by * read'] });
    const root = await signedIn(server, server.rootDn, server.rootPassword);
    await root.add(`cn=sales,${server.groupsDn}`, { objectClass: 'groupOfNames', member: server.serviceDn });
    await root.unbind();
    const items = await check(server);
    expect(items.filter(({ ok }) => !ok)).toEqual([expect.objectContaining({ name: 'change groups', optional: true })]);
  });

  it('says what is left when it may create but not remove, and leaves no more the next time', async () => {
    const rights = `access to dn.regex="^uid=[^,]+,${PEOPLE}$" attrs=entry by dn.exact="${SERVICE}" =arscd by users read`;
    const server = await start({ directives: [rights] });
    for (let round = 0; round < 2; round++) {
      const items = await check(server);
      expect(failed(items)).toEqual(['remove accounts']);
      expect(said(items, 'remove accounts')).toContain(`uid=tenure-check,${PEOPLE} of this check is left there`);
      expect((await entries(server)).filter((dn) => dn.startsWith('uid='))).toEqual([`uid=tenure-check,${PEOPLE}`]);
    }
  });

  it('removes what an earlier check left', async () => {
    const server = await start();
    const root = await signedIn(server, server.rootDn, server.rootPassword);
    await root.add(`uid=tenure-check,${PEOPLE}`, { objectClass: 'inetOrgPerson', cn: 'x', sn: 'x' });
    await root.unbind();
    expect(failed(await check(server))).toEqual([]);
    expect((await entries(server)).filter((dn) => dn.startsWith('uid='))).toEqual([]);
  });

  it('notices that a lock keeps nobody out', async () => {
    const server = await start();
    const root = await signedIn(server, server.rootDn, server.rootPassword);
    const modification = new Attribute({ type: 'pwdLockout', values: ['FALSE'] });
    await root.modify(server.policyDn, new Change({ operation: 'replace', modification }));
    await root.unbind();
    const items = await check(server);
    expect(failed(items)).toEqual(['disabled accounts are refused']);
    expect(said(items, 'disabled accounts are refused')).toMatch(/pwdLockout TRUE/);
  });

  it('notices a server that would keep passwords in plain text', async () => {
    const server = await start({ without: ['ppolicy'] });
    const disable = { by: 'attribute', attribute: 'employeeType', disabled: 'left' };
    const items = await check(server, { password: { by: 'attribute', scheme: 'server' }, disable });
    expect(failed(items)).toEqual(['set passwords']);
    expect(said(items, 'set passwords')).toMatch(/plain text/);
  });

  it('says where others must keep disabled accounts out', async () => {
    const disable = { by: 'attribute', attribute: 'employeeType', disabled: 'left' };
    const items = await check(await start(), { disable });
    expect(items.filter(({ ok }) => !ok)).toEqual([
      expect.objectContaining({ name: 'disabled accounts are refused', optional: true }),
    ]);
  });
});
