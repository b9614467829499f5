import { type ActiveDirectory, startActiveDirectory } from '../../sandbox/active-directory/active-directory.js';
import { type NetworkProxy, startProxy } from '../conformance/active-directory/network-proxy.js';
import { configurationOf, startedDirectory } from '../conformance/active-directory/running-domain.js';
import { op, refusal } from '../conformance/stage.js';
import type { AccountDraft } from '../contract/account.js';
import type { AnyConnector } from '../contract/connector.js';
import { ConnectionPool } from './connection-pool.js';
import { activeDirectory } from './index.js';
import { Session } from './session.js';
import { readSettings } from './settings.js';

describe('the Active Directory connector on a bad network', () => {
  let domain: ActiveDirectory;
  let stop: () => Promise<void>;
  let proxy: NetworkProxy;
  let connector: AnyConnector;
  let people = 0;

  beforeAll(async () => {
    domain = await startActiveDirectory({ seed: { organizationalUnits: [], groups: [] } });
    stop = (await startedDirectory(domain)).stop;
  });
  afterAll(() => stop());
  beforeEach(async () => {
    proxy = await startProxy(domain.url);
    connector = connect({});
  });
  afterEach(async () => {
    await connector.close();
    await proxy.stop();
  });

  function connect(change: Record<string, unknown>, password = domain.adminPassword): AnyConnector {
    const working = configurationOf(domain);
    const settings = {
      ...(working.settings as object),
      urls: [proxy.url],
      operationTimeoutMs: 400,
      connectTimeoutMs: 400,
    };
    return activeDirectory.connect({ ...working, settings: { ...settings, ...change }, secrets: { password } });
  }

  function draft(): AccountDraft {
    const key = `n${++people}`;
    return {
      correlation: { attribute: 'employeeID', value: key },
      attributes: { displayName: `Person ${key}` },
      unique: [{ attribute: 'sAMAccountName', base: key }],
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

  it('finds what it made when the answer to the creation was lost', async () => {
    await connector.find(op(), draft().correlation);
    const wanted = draft();
    // The first answer is that of the look-up, the second that of the creation.
    proxy.cutAtAnswer(2);
    await refusal(connector.create(op(), wanted), 'transient');
    const again = await connector.create(op(), wanted);
    expect(again.outcome).toBe('existed');
    expect(again.account.attributes.sAMAccountName).toBe(wanted.unique[0]?.base);
  });

  it('changes once what it changed when the answer was lost', async () => {
    const { account } = await connector.create(op(), draft());
    const delta = { attributes: { displayName: 'Somebody Else', department: 'Sales' }, enabled: false };
    for (let attempt = 1; attempt <= 2; attempt++) {
      await connector.read(op(), account.id);
      // The first answer is that of the reading, the second that of the change.
      proxy.cutAtAnswer(2);
      await refusal(connector.apply(op(), account.id, delta), 'transient');
    }
    // The first attempt changed the attributes, the second the name; nothing is left to do.
    const { change, account: after } = await connector.apply(op(), account.id, delta);
    expect(change).toEqual({ before: {}, after: {} });
    expect(after).toMatchObject({ enabled: false, attributes: { department: 'Sales', cn: 'Somebody Else' } });
  });

  it('reconnects when idle connections were cut', async () => {
    const { account } = await connector.create(op(), draft());
    for (let round = 0; round < 3; round++) {
      proxy.cut();
      expect(await connector.read(op(), account.id)).toEqual(account);
    }
    expect(proxy.opened).toBeGreaterThan(1);
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
    await until(() => proxy.open === 0);
    expect(await brief.find(op(), draft().correlation)).toBeUndefined();
    await brief.close();
  });

  it('asks the next domain controller when one does not answer, and stays with it', async () => {
    const second = await startProxy(domain.url);
    const two = connect({ urls: [proxy.url, second.url] });
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

  it('leaves the first domain controller altogether once another one has taken over', async () => {
    const second = await startProxy(domain.url);
    const two = connect({ urls: [proxy.url, second.url] });
    try {
      const { correlation } = draft();
      await two.find(op(), correlation);
      proxy.refuse();
      await Promise.all(Array.from({ length: 4 }, () => two.find(op(), correlation)));
      await two.find(op(), correlation);
      await until(() => proxy.open === 0);
      expect(second.open).toBeGreaterThan(0);
    } finally {
      await two.close();
      await second.stop();
    }
  });

  it('names every domain controller that did not answer', async () => {
    await proxy.stop();
    const error = await refusal(connector.find(op(), draft().correlation), 'transient');
    expect(error.message).toContain(proxy.url);
    expect(error.message).toContain('ECONNREFUSED');
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
    const delta = { attributes: { displayName: 'Called Off', department: 'Sales' } };
    await refusal(connector.apply(circumstances, account.id, delta), 'transient');
    const after = await connector.read(op(), account.id);
    expect(after?.attributes).toMatchObject({ department: 'Sales', cn: account.attributes.cn });
  });

  it('leaves the queue for a connection when called off, and lets the next one in', async () => {
    const one = connect({ poolSize: 1 });
    const { correlation } = draft();
    await one.find(op(), correlation);
    const controller = new AbortController();
    const first = one.find(op(), correlation);
    const waiting = one.find(op(controller.signal), correlation);
    const third = one.find(op(), correlation);
    controller.abort();
    await refusal(waiting, 'transient');
    expect(await Promise.all([first, third])).toEqual([undefined, undefined]);
    await one.close();
  });

  it('tries a wrong password once, however many ask', async () => {
    const wrong = connect({}, 'wrong');
    await Promise.all(Array.from({ length: 10 }, () => refusal(wrong.find(op(), draft().correlation), 'unauthorized')));
    expect(proxy.opened).toBe(1);
    await wrong.close();
  });

  it('asks nothing as nobody on a connection that was lost between two steps of a call', async () => {
    const working = configurationOf(domain);
    const pool = new ConnectionPool(
      readSettings({ ...working, settings: { ...(working.settings as object), urls: [proxy.url] } }),
    );
    const connection = await pool.acquire(new AbortController().signal);
    pool.release(connection);
    await Session.run(pool, op(), async (session) => {
      expect(await session.entry(domain.baseDn, ['objectSid'])).toBeDefined();
      proxy.cut();
      await until(() => !connection.client.isBound);
      await expect(session.delete(`CN=nobody,${domain.baseDn}`)).rejects.toThrow('The connection was lost');
    });
    expect(proxy.opened).toBe(1);
    await pool.close();
  });

  it('fails what is asked of it after it was closed', async () => {
    await connector.close();
    await refusal(connector.find(op(), draft().correlation), 'transient');
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
