import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import type { Account } from '../../connectors/contract/account.js';
import type { AnyConnector, Op } from '../../connectors/contract/connector.js';
import { ConnectorError } from '../../connectors/contract/connector-error.js';
import type { LaneInput, LaneResult } from '../../contracts/person-run.js';
import type { OperationDetail } from '../../domain/plan/operation.js';
import { createLaneActivities } from './lane.activities.js';

jest.setTimeout(30_000);

/* What a lane does when its directory, its account or its own process lets it down. */

const correlation = { attribute: 'employeeID', value: '4711' };
const draft = { correlation, attributes: {}, unique: [], enabled: true };

let accounts: Map<string, Account>;
let removed: Account | undefined;
let connector: AnyConnector;
let done: string[];

beforeEach(() => {
  accounts = new Map([['known', account('known')]]);
  removed = undefined;
  done = [];
  connector = directory();
});

function account(id: string, enabled = true): Account {
  return { id, name: id, enabled, attributes: {} };
}

function directory(): AnyConnector {
  const required = (id: string): Account => {
    const found = accounts.get(id);
    if (!found) throw new ConnectorError('not-found', `There is no ${id}.`);
    return found;
  };
  const only = {
    capabilities: () => ({ groups: false, passwords: true, sessions: true, managers: false, recycleBin: true }),
    check: async () => [],
    find: async () => [...accounts.values()][0],
    read: async (_op: Op, id: string) => accounts.get(id),
    create: async (op: Op) => {
      if (op.signal.aborted) throw new ConnectorError('transient', 'called off');
      accounts.set('made', account('made'));
      return { outcome: 'created' as const, account: required('made') };
    },
    apply: async (_op: Op, id: string, { enabled }: { enabled?: boolean }) => {
      const changed = { ...required(id), ...(enabled !== undefined && { enabled }) };
      accounts.set(id, changed);
      done.push(enabled ? 'enable' : 'disable');
      return { account: changed, change: { before: {}, after: { enabled: enabled ?? null } } };
    },
    remove: async () => 'absent' as const,
    revokeSessions: async () => {},
    scramblePassword: async (_op: Op, id: string) => {
      required(id);
      done.push('scramble');
    },
    findRemoved: async () => removed?.id,
    restore: async () => {
      const back = { ...(removed as Account), enabled: false };
      accounts.set(back.id, back);
      return back;
    },
    close: async () => {},
  };
  return only as unknown as AnyConnector;
}

function applyLane(kinds: OperationDetail['kind'][], more: Partial<LaneInput> = {}): Promise<LaneResult> {
  const log = { debug: () => undefined, warn: () => undefined };
  const { applyLane: activity } = createLaneActivities({ connector: () => connector, log });
  const operations = kinds.map((kind) => ({ kind, id: kind, application: 'ad', target: 'jane', draft, delta: {} }));
  const input = { directory: 'ad', correlation, accountId: 'known', cut: false, attemptsBefore: 0, ...more };
  return new MockActivityEnvironment().run(activity, { ...input, operations: operations as never });
}

const outcomes = ({ results }: LaneResult) => results.map(({ operationId, outcome }) => `${operationId} ${outcome}`);

describe('a leave', () => {
  it('goes on cutting where one step is refused, and comes back to that step', async () => {
    connector.revokeSessions = async () => {
      throw new ConnectorError('forbidden', 'The right is missing.');
    };
    const result = await applyLane(['disable-account', 'revoke-sessions', 'scramble-password'], { cut: true });
    expect(outcomes(result)).toEqual(['disable-account succeeded', 'scramble-password succeeded']);
    expect(result.stopped).toMatchObject({ category: 'forbidden', reason: 'The right is missing.' });
    await expect(applyLane(['revoke-sessions'], { cut: true })).rejects.toBeInstanceOf(ApplicationFailure);
  });

  it('cuts the account that was made by hand in place of the known one', async () => {
    accounts = new Map([['by-hand', account('by-hand')]]);
    await applyLane(['disable-account', 'scramble-password'], { cut: true });
    expect(accounts.get('by-hand')?.enabled).toBe(false);
    expect(done).toEqual(['disable', 'scramble']);
  });
});

describe('an account that was removed meanwhile', () => {
  it('comes back from the recycle bin for whoever comes back', async () => {
    removed = account('known');
    accounts.clear();
    const result = await applyLane(['update-account', 'enable-account']);
    expect(outcomes(result)).toEqual(['update-account succeeded', 'enable-account succeeded']);
    expect(accounts.get('known')?.enabled).toBe(true);
  });

  it('is not brought back for a mover; the lane says that it is gone', async () => {
    removed = account('known');
    accounts.clear();
    const result = await applyLane(['update-account']);
    expect(outcomes(result)).toEqual(['update-account failed']);
    expect(result.account).toMatchObject({ id: 'known', state: 'deleted' });
  });
});

it('writes nothing any more after its process was frozen', async () => {
  connector.find = async () => undefined;
  connector.create = async (op) => {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4_300);
    // The answer of the network comes after the timers that were late.
    await new Promise((resolve) => setImmediate(resolve));
    await new Promise((resolve) => setImmediate(resolve));
    return directory().create(op, draft);
  };
  await expect(applyLane(['create-account'], { accountId: undefined })).rejects.toThrow();
  expect(accounts.has('made')).toBe(false);
});
