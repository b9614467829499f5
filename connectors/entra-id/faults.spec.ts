import { type DescribedSandbox, startDescribedSandbox } from '../../sandbox/graph/openapi/described-sandbox.js';
import { op, refusal } from '../conformance/stage.js';
import type { AnyConnector } from '../contract/connector.js';
import { configurationFor } from './configuration.harness.js';
import { entraId } from './index.js';
import { persistently, somebody } from './person.harness.js';

describe('Entra ID when Graph is in trouble', () => {
  let tenant: DescribedSandbox;
  let connector: Required<AnyConnector>;

  beforeAll(async () => {
    tenant = await startDescribedSandbox();
    connector = entraId.connect(configurationFor(tenant.sandbox)) as Required<AnyConnector>;
  });
  afterEach(() => tenant.sandbox.faults.clear());
  afterAll(async () => {
    await connector.close();
    await tenant.stop();
  });

  const usersOf = (key: string) => tenant.sandbox.admin.users().filter((user) => user.properties.employeeId === key);
  const created = async () => {
    const draft = somebody();
    return { draft, account: (await connector.create(op(), draft)).account };
  };

  it('passes on how long Graph asks to wait, and has done nothing', async () => {
    await tenant.sandbox.faults.set({ throttle: { next: 1, retryAfter: 7 } });
    const draft = somebody();
    const error = await refusal(connector.create(op(), draft), 'throttled');
    expect(error.details.retryAfterMs).toBe(7000);
    expect(usersOf(draft.correlation.value)).toEqual([]);
    await tenant.sandbox.faults.set({ throttle: { next: 1, status: 503, retryAfter: 3 } });
    expect((await refusal(connector.find(op(), draft.correlation), 'throttled')).details.retryAfterMs).toBe(3000);
    await tenant.sandbox.faults.set({ throttle: { next: 1, status: 503, retryAfter: null } });
    await refusal(connector.find(op(), draft.correlation), 'transient');
  });

  it('notices an item of a batch that was throttled', async () => {
    await tenant.sandbox.faults.set({
      throttle: { next: 1, retryAfter: 2, on: { path: '^/v1.0/users$', methods: ['GET'] } },
    });
    const draft = somebody();
    const error = await refusal(connector.create(op(), draft), 'throttled');
    expect(error.details.retryAfterMs).toBe(2000);
    expect(usersOf(draft.correlation.value)).toEqual([]);
  });

  it('brings everybody in, once, while every other call is throttled', async () => {
    const group = tenant.sandbox.admin.createGroup('Throttled');
    await tenant.sandbox.faults.set({ throttle: { share: 0.5 } });
    const drafts = Array.from({ length: 8 }, () => somebody());
    const accounts = await Promise.all(
      drafts.map(async (draft) => {
        const { result } = await persistently(() => connector.create(op(), draft));
        const { id } = result.account;
        await persistently(() => connector.apply(op(), id, { attributes: { jobTitle: 'Clerk' } }));
        await persistently(() => connector.addMember(op(), group.id, id));
        return id;
      }),
    );
    expect(tenant.sandbox.faults.counts.throttled).toBeGreaterThan(10);
    for (const draft of drafts) expect(usersOf(draft.correlation.value)).toHaveLength(1);
    for (const id of accounts) {
      expect(tenant.sandbox.admin.user(id)).toMatchObject({ groups: ['Throttled'], properties: { jobTitle: 'Clerk' } });
    }
  });

  describe.each(['reset', '504'] as const)('with answers lost after the work was done (%s)', (as) => {
    const lose = () => tenant.sandbox.faults.set({ loseAnswers: { next: 1, as, on: { path: '^/v1.0/(?!.batch)' } } });

    it('creates one account', async () => {
      await lose();
      const draft = somebody();
      await refusal(connector.create(op(), draft), 'transient');
      expect(usersOf(draft.correlation.value)).toHaveLength(1);
      const again = await connector.create(op(), draft);
      expect(again.outcome).toBe('existed');
      expect(usersOf(draft.correlation.value).map((user) => user.id)).toEqual([again.account.id]);
    });

    it('creates one account though its first name is taken', async () => {
      const first = await created();
      const draft = somebody({ unique: first.draft.unique });
      await lose();
      await refusal(connector.create(op(), draft), 'transient');
      expect((await connector.create(op(), draft)).outcome).toBe('existed');
      expect(usersOf(draft.correlation.value)).toHaveLength(1);
    });

    it('changes, disables, moves between groups, revokes and deletes as if nothing had been lost', async () => {
      const { account } = await created();
      const { account: manager } = await created();
      const group = tenant.sandbox.admin.createGroup(`Lost ${as}`);
      const writes: (() => Promise<unknown>)[] = [
        () => connector.apply(op(), account.id, { attributes: { jobTitle: 'Clerk' }, enabled: false }),
        () => connector.addMember(op(), group.id, account.id),
        () => connector.setManager(op(), account.id, manager.id),
        () => connector.setPassword(op(), account.id, 'Correct-horse-7'),
        () => connector.revokeSessions(op(), account.id),
      ];
      const outcomes: unknown[] = [];
      for (const write of writes) {
        await lose();
        const { result, failures } = await persistently(write);
        expect(failures.map((failure) => failure.category)).toEqual(['transient']);
        outcomes.push(result);
      }
      expect(outcomes.slice(1, 3)).toEqual(['present', 'unchanged']);
      expect(tenant.sandbox.admin.user(account.id)).toMatchObject({
        groups: [`Lost ${as}`],
        managerId: manager.id,
        properties: { jobTitle: 'Clerk', accountEnabled: false },
      });
      expect(tenant.sandbox.admin.hasPassword(account.id, 'Correct-horse-7')).toBe(true);

      for (const [act, outcome] of [
        [() => connector.removeMember(op(), group.id, account.id), 'absent'],
        [() => connector.setManager(op(), account.id, undefined), 'unchanged'],
        [() => connector.remove(op(), account.id), 'absent'],
      ] as const) {
        await lose();
        const { result, failures } = await persistently<string>(act);
        expect([result, failures.length]).toEqual([outcome, 1]);
      }
      await lose();
      const { result } = await persistently(() => connector.restore(op(), account.id));
      expect([result.id, result.enabled]).toEqual([account.id, false]);
    });
  });

  it('takes an outage for a passing one, signing in included', async () => {
    const draft = somebody();
    const fresh = entraId.connect(configurationFor(tenant.sandbox));
    try {
      for (const outage of ['503', 'refuse'] as const) {
        await tenant.sandbox.faults.set({ outage });
        for (const one of [connector, fresh]) {
          await refusal(one.find(op(), draft.correlation), 'transient', 'throttled');
          await refusal(one.create(op(), draft), 'transient', 'throttled');
        }
      }
      await tenant.sandbox.faults.clear();
      expect((await fresh.create(op(), draft)).outcome).toBe('created');
    } finally {
      await fresh.close();
    }
  });

  it('gives up what takes too long, and what nobody waits for any more', async () => {
    const { account } = await created();
    const hasty = entraId.connect(configurationFor(tenant.sandbox, { requestTimeoutMs: 150 }));
    try {
      await hasty.read(op(), account.id);
      await tenant.sandbox.faults.set({ latency: { ms: 600 } });
      const error = await refusal(hasty.read(op(), account.id), 'transient');
      expect(error.message).toContain('did not answer within 0.15 s');
      const controller = new AbortController();
      const call = refusal(connector.read(op(controller.signal), account.id), 'transient');
      setImmediate(() => controller.abort());
      expect((await call).message).toContain('Stopped');
    } finally {
      await hasty.close();
    }
  });

  it('never repeats a write by itself', async () => {
    const { account } = await created();
    const before = tenant.sandbox.exchanges.length;
    await tenant.sandbox.faults.set({ loseAnswers: { share: 1, as: '504' } });
    await refusal(connector.revokeSessions(op(), account.id), 'transient');
    expect(tenant.sandbox.exchanges.length - before).toBe(1);
  });

  it('marks every request of an operation with one tracing id', async () => {
    const before = tenant.sandbox.exchanges.length;
    await connector.create({ ...op(), id: 'operation-1' }, somebody());
    const ids = tenant.sandbox.exchanges.slice(before).map((one) => one.requestHeaders['client-request-id']);
    expect(ids.length).toBeGreaterThan(1);
    expect(new Set(ids).size).toBe(1);
    expect(ids[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
  });

  it('selects what it reads in every list and read', async () => {
    const { draft, account } = await created();
    const before = tenant.sandbox.exchanges.length;
    await connector.find(op(), draft.correlation);
    await connector.read(op(), account.id);
    await connector.memberships(op(), account.id);
    await connector.findGroup(op(), 'Throttled');
    await connector.findRemoved(op(), draft.correlation);
    const reads = tenant.sandbox.exchanges.slice(before).map((one) => decodeURIComponent(one.url));
    expect(reads).toHaveLength(5);
    for (const url of reads) expect(url).toContain('$select=');
  });
});
