import { Attribute, Change, type Client } from 'ldapts';
import { startTestOpenLdap, type TestOpenLdap } from '../../test/servers/openldap.js';
import { op, refusal } from '../conformance/stage.js';
import type { Account } from '../contract/account.js';
import type { AnyConnector } from '../contract/connector.js';
import { ldap } from './index.js';
import { configurationOf, signedIn, signsIn } from './running-directory.harness.js';

/** A busy machine needs its time to start servers. */
jest.setTimeout(60_000);

const FIRST = 'Korrekt-Pferd-77';
const SECOND = 'Batterie_Klammer 8';

describe('passwords of LDAP accounts', () => {
  let server: TestOpenLdap;
  let root: Client;
  let connector: AnyConnector & Required<Pick<AnyConnector, 'setPassword' | 'scramblePassword'>>;
  let people = 0;

  beforeAll(async () => {
    server = await startTestOpenLdap();
    root = await signedIn(server, server.rootDn, server.rootPassword);
    connector = connect();
  });
  afterAll(async () => {
    await connector?.close();
    await root?.unbind();
    await server?.stop();
  });

  const connect = (change: Record<string, unknown> = {}) =>
    ldap.connect(configurationOf(server, change)) as typeof connector;

  async function account(enabled = true): Promise<Account> {
    const key = `p${++people}`;
    const draft = {
      correlation: { attribute: 'employeeNumber', value: key },
      attributes: { displayName: `Person ${key}`, sn: key },
      unique: [{ attribute: 'uid', base: key }],
      enabled,
    };
    return (await connector.create(op(), draft)).account;
  }

  async function stored({ name }: Account, attribute: string): Promise<string | undefined> {
    const { searchEntries } = await root.search(name, { scope: 'base', attributes: [attribute] });
    const [value] = [searchEntries[0]?.[attribute] ?? []].flat();
    return value?.toString();
  }

  const set = (dn: string, type: string, ...values: string[]) =>
    root.modify(dn, new Change({ operation: 'replace', modification: new Attribute({ type, values }) }));

  it('lets nobody sign in to a new account until a password is set', async () => {
    const { name } = await account();
    expect(await stored(await account(), 'userPassword')).toBeUndefined();
    expect(await signsIn(server, name, 'anything')).toBe(false);
  });

  it.each(['PBKDF2-SHA512', 'SSHA512', 'SSHA'])('stores {%s} hashes that the server verifies', async (scheme) => {
    const hashing = connect({ password: { by: 'attribute', scheme } });
    const one = await account();
    await hashing.setPassword(op(), one.id, FIRST);
    expect(await stored(one, 'userPassword')).toMatch(new RegExp(`^\\{${scheme}\\}`));
    expect(await signsIn(server, one.name, FIRST)).toBe(true);
    expect(await signsIn(server, one.name, `${FIRST}x`)).toBe(false);
    await refusal(hashing.setPassword(op(), one.id, 'short'), 'invalid');
    expect(await signsIn(server, one.name, FIRST)).toBe(true);
    await hashing.close();
  });

  it.each<[string, Record<string, unknown>]>([
    ['the extended operation', {}],
    ['a hash', { password: { by: 'attribute', scheme: 'SSHA512' } }],
    ['the plain password, which the server hashes', { password: { by: 'attribute', scheme: 'server' } }],
  ])('keeps a disabled account disabled when its password is set by %s, again and again', async (_, change) => {
    const other = connect(change);
    const one = await account();
    await other.setPassword(op(), one.id, FIRST);
    await other.apply(op(), one.id, { enabled: false });
    for (const password of [SECOND, 'Drittes-Wort-79']) {
      await other.setPassword(op(), one.id, password);
      await other.scramblePassword(op(), one.id);
      expect((await other.read(op(), one.id))?.enabled).toBe(false);
      expect(await signsIn(server, one.name, password)).toBe(false);
    }
    await other.setPassword(op(), one.id, 'Viertes-Wort-80');
    expect(await stored(one, 'userPassword')).toMatch(/^\{/);
    await other.apply(op(), one.id, { enabled: true });
    expect(await signsIn(server, one.name, 'Viertes-Wort-80')).toBe(true);
    await other.close();
  });

  it('keeps it disabled, too, where the policy takes no hashes', async () => {
    const one = await account(false);
    await set(server.policyDn, 'pwdCheckQuality', '2');
    try {
      await connector.setPassword(op(), one.id, FIRST);
      expect((await connector.read(op(), one.id))?.enabled).toBe(false);
      await refusal(connector.setPassword(op(), one.id, 'short'), 'invalid');
      expect((await connector.read(op(), one.id))?.enabled).toBe(false);
    } finally {
      await set(server.policyDn, 'pwdCheckQuality', '1');
    }
    await connector.apply(op(), one.id, { enabled: true });
    expect(await signsIn(server, one.name, FIRST)).toBe(true);
  });

  it('takes a lock away that wrong passwords brought on, and does not call it disabled', async () => {
    const one = await account();
    await connector.setPassword(op(), one.id, FIRST);
    await set(one.name, 'pwdAccountLockedTime', '20261101000000Z');
    expect(await signsIn(server, one.name, FIRST)).toBe(false);
    expect((await connector.read(op(), one.id))?.enabled).toBe(true);
    await connector.setPassword(op(), one.id, SECOND);
    expect(await signsIn(server, one.name, SECOND)).toBe(true);
  });

  it('names the rule that a password breaks', async () => {
    const one = await account();
    for (const password of [FIRST, SECOND]) await connector.setPassword(op(), one.id, password);
    expect((await refusal(connector.setPassword(op(), one.id, FIRST), 'invalid')).message).toContain('used before');
    expect((await refusal(connector.setPassword(op(), one.id, 'abc'), 'invalid')).message).toContain('too short');
  });

  it('tells the rules of the policy in the settings, and none without', async () => {
    expect(await connector.passwordRules?.(op())).toEqual({ minLength: 8, complex: false, history: 3 });
    const without = connect({ passwordPolicy: undefined });
    expect(await without.passwordRules?.(op())).toEqual({ minLength: 0, complex: false, history: 0 });
    await without.close();
    const wrong = connect({ passwordPolicy: `cn=missing,${server.baseDn}` });
    const error = await refusal(wrong.passwordRules?.(op()) as Promise<unknown>, 'misconfigured');
    expect(error.message).toContain('passwordPolicy');
    await wrong.close();
  });
});
