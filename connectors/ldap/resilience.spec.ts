import { startTestOpenLdap, type TestOpenLdap } from '../../test/servers/openldap.js';
import { type NetworkProxy, startProxy } from '../conformance/active-directory/network-proxy.js';
import { op, refusal } from '../conformance/stage.js';
import type { AccountDraft } from '../contract/account.js';
import type { AnyConnector } from '../contract/connector.js';
import { ldap } from './index.js';
import { configurationOf } from './running-directory.harness.js';

/** A busy machine needs its time to start servers. */
jest.setTimeout(60_000);

describe.each(['ldaps', 'StartTLS'])('the LDAP connector on a bad network, by %s', (way) => {
  let server: TestOpenLdap;
  let proxy: NetworkProxy;
  let connector: AnyConnector;
  let people = 0;

  beforeAll(async () => {
    server = await startTestOpenLdap();
  });
  afterAll(() => server?.stop());
  beforeEach(async () => {
    proxy = await startProxy(target());
    connector = connect({});
  });
  afterEach(async () => {
    await connector.close();
    await proxy.stop();
  });

  const target = () => (way === 'ldaps' ? server.url : server.plainUrl);
  const through = ({ url }: NetworkProxy) => (way === 'ldaps' ? url : url.replace('ldaps:', 'ldap:'));

  function connect(change: Record<string, unknown>, password = server.servicePassword): AnyConnector {
    const limits = { operationTimeoutMs: 1_000, connectTimeoutMs: 1_000 };
    const working = configurationOf(server, { urls: [through(proxy)], ...limits, ...change });
    return ldap.connect({ ...working, secrets: { password } });
  }

  function draft(): AccountDraft {
    const key = `n${++people}`;
    return {
      correlation: { attribute: 'employeeNumber', value: key },
      attributes: { displayName: `Person ${key}`, sn: key },
      unique: [{ attribute: 'uid', base: key }],
      enabled: true,
    };
  }

  it('fails when the directory falls silent, and never answers that nobody is there', async () => {
    const wanted = draft();
    await connector.create(op(), wanted);
    proxy.mute(true);
    const error = await refusal(connector.find(op(), wanted.correlation), 'transient');
    expect(error.message).toMatch(/in time/);
    proxy.mute(false);
    expect(await connector.find(op(), wanted.correlation)).toBeDefined();
  });

  it('fails when the directory is silent from the start', async () => {
    proxy.mute(true);
    await refusal(connector.find(op(), draft().correlation), 'transient');
  });

  it('finds what it made when the answer to the creation was lost', async () => {
    const first = draft();
    await connector.create(op(), first);
    const wanted = draft();
    // The first answer is that of the look-up, the second that of the creation.
    proxy.cutAtAnswer(2);
    await refusal(connector.create(op(), wanted), 'transient');
    const again = await connector.create(op(), wanted);
    expect(again.outcome).toBe('existed');
    expect(again.account.attributes.uid).toBe(wanted.unique[0]?.base);
  });

  it('changes once what it changed when the answer was lost', async () => {
    const { account } = await connector.create(op(), draft());
    const delta = { attributes: { displayName: 'Somebody Else', title: 'Dr' }, enabled: false };
    await connector.read(op(), account.id);
    // The first answer is that of the reading, the second that of the change.
    proxy.cutAtAnswer(2);
    await refusal(connector.apply(op(), account.id, delta), 'transient');
    const { change, account: after } = await connector.apply(op(), account.id, delta);
    expect(change).toEqual({ before: {}, after: {} });
    expect(after).toMatchObject({ enabled: false, attributes: { title: 'Dr', cn: 'Somebody Else' } });
  });

  it('reconnects when idle connections were cut, signed in and encrypted as before', async () => {
    const { account } = await connector.create(op(), draft());
    for (let round = 0; round < 3; round++) {
      proxy.cut();
      expect(await connector.read(op(), account.id)).toEqual(account);
    }
    expect(proxy.opened).toBeGreaterThan(1);
  });

  it('comes back when the server was killed and started again', async () => {
    const { account } = await connector.create(op(), draft());
    await server.kill();
    await refusal(connector.read(op(), account.id), 'transient');
    await server.start();
    expect(await connector.read(op(), account.id)).toEqual(account);
  });

  it('keeps its connections, and no more than it may', async () => {
    const small = connect({ poolSize: 2 });
    try {
      const { correlation } = draft();
      for (let round = 0; round < 3; round++) {
        await Promise.all(Array.from({ length: 20 }, () => small.find(op(), correlation)));
      }
      expect([proxy.opened, proxy.most]).toEqual([2, 2]);
    } finally {
      await small.close();
    }
  });

  it('closes connections that nobody uses', async () => {
    const brief = connect({ idleTimeoutMs: 20 });
    await brief.find(op(), draft().correlation);
    while (proxy.open > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await brief.find(op(), draft().correlation)).toBeUndefined();
    await brief.close();
  });

  it('asks the next server when one does not answer, and stays with it', async () => {
    const second = await startProxy(target());
    const two = connect({ urls: [through(proxy), through(second)] });
    try {
      const { account } = await two.create(op(), draft());
      expect(second.opened).toBe(0);
      await proxy.stop();
      expect(await two.read(op(), account.id)).toEqual(account);
      expect(await two.read(op(), account.id)).toEqual(account);
      expect(second.opened).toBe(1);
    } finally {
      await two.close();
      await second.stop();
    }
  });

  it('leaves a silent directory at once when called off, and writes nothing afterwards', async () => {
    const slow = connect({ operationTimeoutMs: 60_000 });
    await slow.find(op(), draft().correlation);
    proxy.mute(true);
    const controller = new AbortController();
    const wanted = draft();
    const creation = slow.create(op(controller.signal), wanted);
    controller.abort();
    await refusal(creation, 'transient');
    proxy.mute(false);
    expect(await slow.find(op(), wanted.correlation)).toBeUndefined();
    await slow.close();
  });

  it('does not go on to write when it is called off between two steps', async () => {
    const { account } = await connector.create(op(), draft());
    const controller = new AbortController();
    const circumstances = op(controller.signal);
    // The first write is told to the log just before it is sent; what follows must not be.
    circumstances.log.debug = () => controller.abort();
    const delta = { attributes: { title: 'Dr' }, container: server.groupsDn };
    await refusal(connector.apply(circumstances, account.id, delta), 'transient');
    expect(await connector.read(op(), account.id)).toMatchObject({
      attributes: { title: 'Dr' },
      container: server.peopleDn,
    });
  });

  it('tries a wrong password once, however many ask', async () => {
    const wrong = connect({}, 'wrong');
    await Promise.all(Array.from({ length: 10 }, () => refusal(wrong.find(op(), draft().correlation), 'unauthorized')));
    expect(proxy.opened).toBe(1);
    await wrong.close();
  });

  it('fails what is asked of it after it was closed', async () => {
    await connector.close();
    await refusal(connector.find(op(), draft().correlation), 'transient');
  });
});
