import { type DescribedSandbox, startDescribedSandbox } from '../../sandbox/graph/openapi/described-sandbox.js';
import { op, refusal } from '../conformance/stage.js';
import type { AnyConnector } from '../contract/connector.js';
import { configurationFor } from './configuration.harness.js';
import { entraId } from './index.js';
import { persistently, somebody } from './person.harness.js';

describe('Entra ID while its replicas differ', () => {
  let tenant: DescribedSandbox;
  let connector: Required<AnyConnector>;
  /** Another process: it does not know what the first has just made. */
  let stranger: Required<AnyConnector>;

  beforeAll(async () => {
    tenant = await startDescribedSandbox();
    connector = entraId.connect(configurationFor(tenant.sandbox)) as Required<AnyConnector>;
    stranger = entraId.connect(configurationFor(tenant.sandbox)) as Required<AnyConnector>;
  });
  afterEach(() => tenant.sandbox.faults.clear());
  afterAll(async () => {
    await Promise.all([connector.close(), stranger.close()]);
    await tenant.stop();
  });

  const usersOf = (key: string) => tenant.sandbox.admin.users().filter((user) => user.properties.employeeId === key);

  it('bears with an account that is not shown for a moment', async () => {
    await tenant.sandbox.faults.set({ replication: { byId: { reads: 2 }, asReference: { reads: 2 } } });
    const group = tenant.sandbox.admin.createGroup('Patience');
    const { account } = await connector.create(op(), somebody());
    await connector.apply(op(), account.id, { attributes: { jobTitle: 'Clerk' } });
    expect(await connector.addMember(op(), group.id, account.id)).toBe('added');
  });

  it('calls a new account that stays away transient, never gone', async () => {
    await tenant.sandbox.faults.set({
      replication: { byId: { ms: 60_000 }, inLists: { ms: 60_000 }, asReference: { ms: 60_000 } },
    });
    const group = tenant.sandbox.admin.createGroup('Away');
    const draft = somebody();
    const { account } = await connector.create(op(), draft);
    const calls = [
      connector.find(op(), draft.correlation),
      connector.read(op(), account.id),
      connector.apply(op(), account.id, { enabled: false }),
      connector.addMember(op(), group.id, account.id),
      connector.setManager(op(), account.id, account.id),
      connector.setPassword(op(), account.id, 'Correct-horse-7'),
      connector.revokeSessions(op(), account.id),
      connector.remove(op(), account.id),
      connector.memberships(op(), account.id),
    ];
    await Promise.all(calls.map((call) => refusal(call, 'transient')));
    await tenant.sandbox.faults.clear();
    expect((await connector.find(op(), draft.correlation))?.id).toBe(account.id);
    expect(await connector.addMember(op(), group.id, account.id)).toBe('added');
    expect(await connector.remove(op(), account.id)).toBe('removed');
    expect(await connector.find(op(), draft.correlation)).toBeUndefined();
  });

  it('learns that a new account is gone when an administrator deletes it', async () => {
    const draft = somebody();
    const { account } = await connector.create(op(), draft);
    expect(await stranger.remove(op(), account.id)).toBe('removed');
    expect(await connector.read(op(), account.id)).toBeUndefined();
    expect(await connector.find(op(), draft.correlation)).toBeUndefined();
  });

  it('finds what it made before the index has it, in this process and by name in another', async () => {
    await tenant.sandbox.faults.set({ replication: { inLists: { ms: 60_000 } } });
    const draft = somebody();
    const { account } = await connector.create(op(), draft);
    expect((await connector.find(op(), draft.correlation))?.id).toBe(account.id);
    expect((await connector.create(op(), draft)).outcome).toBe('existed');
    expect(await stranger.create(op(), draft)).toMatchObject({ outcome: 'existed', account: { id: account.id } });
  });

  it('makes no second account when the first answer was lost and nothing shows the account yet', async () => {
    const taken = somebody();
    await connector.create(op(), taken);
    await tenant.sandbox.faults.set({
      loseAnswers: { next: 1, on: { path: '^/v1.0/users' } },
      replication: { byId: { reads: 4 }, inLists: { ms: 60_000 } },
    });
    const draft = somebody({ unique: taken.unique });
    await refusal(connector.create(op(), draft), 'transient');
    const { result, failures } = await persistently(() => stranger.create(op(), draft));
    expect(result.outcome).toBe('existed');
    expect(failures.length).toBeGreaterThan(0);
    expect(failures[0]?.message).toContain('does not show yet whose it is');
    expect(usersOf(draft.correlation.value).map((user) => user.id)).toEqual([result.account.id]);
  });

  it('bears with a restored account that is not shown yet', async () => {
    const draft = somebody();
    const { account } = await connector.create(op(), draft);
    await connector.remove(op(), account.id);
    await tenant.sandbox.faults.set({ replication: { byId: { reads: 6 }, inLists: { ms: 60_000 } } });
    const { result, failures } = await persistently(() => connector.restore(op(), account.id));
    expect(failures.map((failure) => failure.category)).toEqual(['transient']);
    expect(result.id).toBe(account.id);
    expect((await connector.find(op(), draft.correlation))?.id).toBe(account.id);
  });
});
