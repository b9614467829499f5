import { Attribute, Change, type Client } from 'ldapts';
import { type OpenLdapVariant, startTestOpenLdap, type TestOpenLdap } from '../../test/servers/openldap.js';
import { op, refusal } from '../conformance/stage.js';
import type { AccountDraft } from '../contract/account.js';
import type { AnyConnector } from '../contract/connector.js';
import { requireAccount } from './accounts.js';
import { writeTo } from './anchored-writes.js';
import { ConnectionPool } from './connection-pool.js';
import { ldap } from './index.js';
import { configurationOf, signedIn } from './running-directory.harness.js';
import { Session } from './session.js';
import { readSettings } from './settings.js';

/** A busy machine needs its time to start servers. */
jest.setTimeout(60_000);

const BARE: OpenLdapVariant = { without: ['memberof', 'refint', 'unique', 'ppolicy'] };

describe.each<[string, OpenLdapVariant]>([
  ['with overlays', {}],
  ['without overlays', BARE],
])('LDAP accounts %s', (_, variant) => {
  let server: TestOpenLdap;
  let root: Client;
  let connector: AnyConnector;
  let people = 0;

  beforeAll(async () => {
    server = await startTestOpenLdap(variant);
    root = await signedIn(server, server.rootDn, server.rootPassword);
    connector = connect();
  });
  afterAll(async () => {
    await connector?.close();
    await root?.unbind();
    await server?.stop();
  });

  const connect = (change: Record<string, unknown> = {}) => ldap.connect(configurationOf(server, change));

  function draft(change: Partial<AccountDraft> = {}): AccountDraft {
    const key = `p${++people}`;
    return {
      correlation: { attribute: 'employeeNumber', value: key },
      attributes: { displayName: `Person ${key}`, sn: key },
      unique: [{ attribute: 'uid', base: key }],
      enabled: true,
      ...change,
    };
  }

  const create = async (change?: Partial<AccountDraft>) => (await connector.create(op(), draft(change))).account;

  const named = (login: string, container = server.peopleDn): Partial<AccountDraft> => ({
    container,
    unique: [
      { attribute: 'uid', base: login },
      { attribute: 'mail', base: `${login}@example.test` },
    ],
  });

  it('names an account by its uid, and makes its cn of the display name', async () => {
    const account = await create({ unique: [{ attribute: 'uid', base: 'jane' }] });
    expect(account.name).toBe(`uid=jane,${server.peopleDn}`);
    expect(account.attributes).toMatchObject({ uid: 'jane', cn: account.attributes.displayName });
    expect(Date.parse(account.createdAt ?? '')).toBeGreaterThan(Date.now() - 60_000);
  });

  it('lets the cn follow the display name that it was made of, but not one of its own', async () => {
    const follows = await create();
    const { account, change } = await connector.apply(op(), follows.id, { attributes: { displayName: 'New Name' } });
    expect([account.attributes.cn, change.after.cn]).toEqual(['New Name', 'New Name']);
    const own = await create({ attributes: { displayName: 'Jo Doe', cn: 'Josephine Doe', sn: 'Doe' } });
    const after = await connector.apply(op(), own.id, { attributes: { displayName: 'Joe Doe' } });
    expect(after.account.attributes).toMatchObject({ cn: 'Josephine Doe', displayName: 'Joe Doe' });
  });

  it('keeps names unique across containers, though the directory may not', async () => {
    const elsewhere = server.groupsDn;
    const first = await create(named('ada'));
    const second = await create(named('ada', elsewhere));
    expect([first.attributes.mail, second.attributes.mail]).toEqual(['ada@example.test', 'ada2@example.test']);
    expect(second.attributes.uid).toBe('ada2');
  });

  it('keeps names unique when several processes make them at once in different places', async () => {
    const others = [connect({ rdnAttribute: 'cn' }), connect({ rdnAttribute: 'cn' }), connect({ rdnAttribute: 'cn' })];
    try {
      const accounts = await Promise.all(
        others.map((other, index) =>
          other.create(op(), draft(named('bob', index ? server.peopleDn : server.groupsDn))),
        ),
      );
      for (const attribute of ['uid', 'mail']) {
        const values = accounts.map(({ account }) => account.attributes[attribute]);
        expect(new Set(values).size).toBe(3);
      }
      const { searchEntries } = await root.search(server.baseDn, { filter: '(mail=bob*)', attributes: ['mail'] });
      expect(searchEntries.length).toBe(3);
    } finally {
      await Promise.all(others.map((other) => other.close()));
    }
  });

  it('gives somebody who is called otherwise the next name that is free, with the address that goes with it', async () => {
    await create(named('eve'));
    const account = await create(named('mallory'));
    // The first candidates stand in the attributes, too: that is how plans are carried out.
    const attributes = { title: 'Dr', uid: 'eve', mail: 'eve@example.test' };
    const delta = { attributes, ...named('eve'), container: undefined };
    const { account: after, change } = await connector.apply(op(), account.id, delta);
    expect(after).toMatchObject({ id: account.id, name: `uid=eve2,${server.peopleDn}` });
    expect(after.attributes).toMatchObject({ uid: 'eve2', mail: 'eve2@example.test', title: 'Dr' });
    expect(change.before).toEqual({ uid: 'mallory', mail: 'mallory@example.test', title: null });
    expect(change.after).toEqual({ uid: 'eve2', mail: 'eve2@example.test', title: 'Dr' });
    expect((await connector.apply(op(), account.id, delta)).change).toEqual({ before: {}, after: {} });
    expect(await connector.read(op(), account.id)).toEqual(after);
  });

  it('takes a name that differs in case only as the one that stands', async () => {
    const account = await create(named('lou'));
    const delta = { unique: [{ attribute: 'uid', base: 'LOU' }], container: undefined };
    const { account: after, change } = await connector.apply(op(), account.id, delta);
    expect([after, change]).toEqual([account, { before: {}, after: {} }]);
  });

  it('leaves what names an account alone where it was named otherwise before Tenure came', async () => {
    const dn = `cn=Grace Hopper,${server.peopleDn}`;
    await root.add(dn, { objectClass: 'inetOrgPerson', sn: 'Hopper', uid: 'grace', employeeNumber: 'old-1' });
    const found = await connector.find(op(), { attribute: 'employeeNumber', value: 'old-1' });
    const { account } = await connector.apply(op(), found?.id ?? '', {
      attributes: { title: 'Admiral' },
      unique: [{ attribute: 'uid', base: 'ghopper' }],
    });
    expect(account).toMatchObject({ name: dn, attributes: { uid: 'ghopper', title: 'Admiral' } });
  });

  it('takes people out of groups, and off their reports, when they are removed', async () => {
    const [account, report] = [await create(), await create()];
    const group = `cn=of ${account.id},${server.groupsDn}`;
    await root.add(group, { objectClass: 'groupOfNames', member: [account.name, `cn=nobody,${server.baseDn}`] });
    await connector.setManager?.(op(), report.id, account.id);
    await connector.remove(op(), account.id);
    const { searchEntries } = await root.search(server.baseDn, {
      filter: `(|(member=${account.name})(manager=${account.name}))`,
      attributes: ['1.1'],
    });
    expect(searchEntries).toEqual([]);
    expect(await connector.manager?.(op(), report.id)).toBeUndefined();
  });

  it('refuses what only Tenure or the directory writes', async () => {
    const { id } = await create();
    for (const name of ['userPassword', 'pwdAccountLockedTime', 'entryUUID', 'memberOf', 'objectClass', 'MANAGER']) {
      const error = await refusal(connector.apply(op(), id, { attributes: { [name]: 'x' } }), 'invalid');
      expect(error.message).toContain(name);
    }
  });

  it('names what the mapping lacks', async () => {
    const error = await refusal(connector.create(op(), draft({ attributes: { displayName: 'Cher' } })), 'invalid');
    expect(error.message).toContain('inetOrgPerson requires sn');
    const nameless = await refusal(connector.create(op(), draft({ unique: [] })), 'invalid');
    expect(nameless.message).toContain('uid');
  });

  it('follows an account that is renamed between the look-up and the write', async () => {
    const { id, name } = await create();
    await inSession(async (session) => {
      const account = await requireAccount(session, id);
      await root.modifyDN(name, 'uid=renamed');
      await writeTo(session, account, (target) => session.modify(target, [title('Dr')]));
    });
    expect(await connector.read(op(), id)).toMatchObject({ attributes: { uid: 'renamed', title: 'Dr' } });
  });

  it('writes nothing to somebody else who has got the name by then', async () => {
    const { id, name, attributes } = await create();
    await inSession(async (session) => {
      const account = await requireAccount(session, id);
      await root.modifyDN(name, `uid=was-${attributes.uid}`);
      await root.add(name, { objectClass: 'inetOrgPerson', cn: 'Other', sn: 'Other', uid: String(attributes.uid) });
      await writeTo(session, account, (target) => session.modify(target, [title('Prof')]));
      await writeTo(session, account, (target) => session.delete(target));
    });
    expect(await connector.read(op(), id)).toBeUndefined();
    const { searchEntries } = await root.search(name, { scope: 'base', attributes: ['title', 'cn'] });
    expect(searchEntries).toEqual([{ dn: name, cn: 'Other', title: [] }]);
  });

  it('fails where somebody removes the account between the look-up and the write', async () => {
    const { id, name } = await create();
    await inSession(async (session) => {
      const account = await requireAccount(session, id);
      await root.del(name);
      await refusal(
        writeTo(session, account, (target) => session.modify(target, [title('Dr')])),
        'not-found',
      );
    });
  });

  async function inSession(work: (session: Session) => Promise<void>): Promise<void> {
    const pool = new ConnectionPool(readSettings(configurationOf(server)));
    await Session.run(pool, op(), work);
    await pool.close();
  }
});

describe('LDAP directories that answer in part', () => {
  it('are a failure, never a smaller answer', async () => {
    const server = await startTestOpenLdap({ directives: ['sizelimit 2'] });
    const root = await signedIn(server, server.rootDn, server.rootPassword);
    const connector = ldap.connect(configurationOf(server, { groups: { memberAttribute: 'member' } }));
    const dn = (n: number) => `uid=p${n},${server.peopleDn}`;
    try {
      for (const n of [1, 2, 3]) {
        await root.add(dn(n), { objectClass: 'inetOrgPerson', cn: 'x', sn: 'x', employeeNumber: `${n}` });
        await root.add(`cn=g${n},${server.groupsDn}`, { objectClass: 'groupOfNames', member: dn(1) });
      }
      const account = await connector.find(op(), { attribute: 'employeeNumber', value: '1' });
      const error = await refusal(
        connector.memberships?.(op(), account?.id ?? '') as Promise<unknown>,
        'misconfigured',
      );
      expect(error.message).toContain('size limit');
    } finally {
      await connector.close();
      await root.unbind();
      await server.stop();
    }
  });
});

function title(value: string): Change {
  return new Change({ operation: 'replace', modification: new Attribute({ type: 'title', values: [value] }) });
}
