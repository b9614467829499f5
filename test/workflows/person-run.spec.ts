import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { LaneInput, LaneResult, RunProgress } from '../../contracts/person-run';
import { PERSON_QUERIES } from '../../contracts/person-run';
import { SEARCH_ATTRIBUTE_TYPES } from '../../contracts/search-attributes';
import { eventually } from '../eventually';
import { startTestTemporal, type TestTemporal } from '../servers/temporal';
import { activationMail, event, lane, planned, ScriptedWorker, succeed } from './scripted-worker';

jest.setTimeout(60_000);

let temporal: TestTemporal;
let world: ScriptedWorker;

beforeAll(async () => {
  temporal = await startTestTemporal({ searchAttributes: SEARCH_ATTRIBUTE_TYPES });
});
afterAll(() => temporal.stop());
beforeEach(async () => {
  world = await ScriptedWorker.start(temporal.address, ['ad', 'entra']);
});
afterEach(() => world.stop());

const outage = () => {
  throw ApplicationFailure.create({ type: 'transient', message: 'ad does not answer.' });
};
const names = () => world.calls.map((call) => [call.activity, call.directory].filter(Boolean).join(' '));

describe('a joiner', () => {
  it('works on its directories side by side, then sends the mail, and ends', async () => {
    const joiner = event('joiner');
    world.plans.set(joiner.id, planned(['ad', 'entra'], { mail: [activationMail] }));
    let together = 0;
    let most = 0;
    world.lane = async (input) => {
      most = Math.max(most, ++together);
      await eventually(() => most === 2);
      together--;
      return succeed(input);
    };
    await (await world.send(joiner)).result();
    expect(world.mails).toHaveLength(1);
    expect(names().slice(-3)).toEqual(['recordOutcomes', 'sendMail', 'recordOutcomes']);
    expect(world.recorded.at(-1)).toMatchObject({ event: joiner.id, finished: true });
  });

  it('reports a directory that is down as waiting, mails meanwhile, and goes on when it is back', async () => {
    const joiner = event('joiner');
    world.plans.set(joiner.id, planned(['ad', 'entra'], { mail: [activationMail] }));
    let down = true;
    world.lane = async (input) => (down && input.directory === 'ad' ? outage() : succeed(input));
    const run = await world.send(joiner);
    await eventually(() => world.mails.length === 1);
    const waiting = world.recorded.flatMap((one) => one.results).find((result) => result.outcome === 'waiting');
    expect(waiting).toMatchObject({ reason: 'ad does not answer.', attempts: 3 });
    const progress = await run.query<RunProgress>(PERSON_QUERIES.progress);
    expect(progress.state).toBe('waiting');
    expect(progress.lanes).toContainEqual({ directory: 'ad', state: 'waiting', reason: 'ad does not answer.' });
    down = false;
    await run.result();
    expect(world.recorded.at(-1)).toMatchObject({ finished: true });
  });

  it('keeps what was done before a directory stopped answering', async () => {
    const joiner = event('joiner');
    const two = { ...lane('ad'), operations: [...lane('ad').operations, ...lane('ad').operations] };
    world.plans.set(joiner.id, planned([], { lanes: [two] }));
    const asked: number[] = [];
    world.lane = async (input: LaneInput): Promise<LaneResult> => {
      asked.push(input.operations.length);
      if (input.operations.length === 1) return succeed(input);
      const first = succeed({ operations: input.operations.slice(0, 1) });
      return { ...first, stopped: { category: 'transient', reason: 'gone' } };
    };
    await (await world.send(joiner)).result();
    expect(asked).toEqual([2, 1]);
  });
});

describe('the order of events', () => {
  it('takes events one after the other, as runs of their types under one id', async () => {
    const events = [event('joiner'), event('mover'), event('mover'), event('leaver')];
    for (const one of events) world.plans.set(one.id, planned(['ad']));
    world.lane = async (input) => succeed(input);
    for (const one of events.slice(0, 3)) await world.send(one);
    await eventually(() => world.calls.filter((call) => call.activity === 'applyLane').length === 3);
    await (await world.send(events[3] as (typeof events)[0])).result();
    const taken = world.calls.filter((call) => call.activity === 'planEvent').map((call) => call.event);
    expect(taken).toEqual(events.map((one) => one.id));
    await eventually(async () => (await world.runs()).filter((run) => run === 'leaver/COMPLETED').length === 1);
  });

  it('sleeps until a future-dated event is due, and lets a nearer one pass', async () => {
    const later = event('mover', { inMs: 2_500 });
    const sooner = event('mover');
    for (const one of [later, sooner]) world.plans.set(one.id, planned(['ad']));
    await world.send(later);
    const run = await world.send(sooner);
    await run.result();
    const taken = world.calls.filter((call) => call.activity === 'planEvent');
    expect(taken.map((call) => call.event)).toEqual([sooner.id, later.id]);
    expect(taken[1]?.at).toBeGreaterThanOrEqual(Date.parse(later.effectiveAt));
  });

  it('lets the next event go on with what only waits', async () => {
    const [joiner, mover] = [event('joiner'), event('mover')];
    world.plans.set(joiner.id, planned(['ad', 'entra']));
    world.plans.set(mover.id, planned(['ad']));
    let down = true;
    world.lane = async (input) => (down && input.directory === 'ad' ? outage() : succeed(input));
    await world.send(joiner);
    await eventually(() => world.recorded.some((one) => one.results.some((result) => result.outcome === 'waiting')));
    await world.send(mover);
    await eventually(() => world.calls.some((call) => call.event === mover.id));
    down = false;
    await eventually(async () => (await world.runs()).at(-1) === 'mover/COMPLETED');
  });
});

describe('a leave', () => {
  it('interrupts a run whose directory hangs, and does not wait for it elsewhere', async () => {
    const [joiner, leaver] = [event('joiner'), event('leaver')];
    world.plans.set(joiner.id, planned(['ad']));
    world.plans.set(leaver.id, planned(['ad', 'entra'], { cut: true }));
    let stopped = 0;
    world.lane = async (input) => {
      if (input.cut) return succeed(input);
      await Context.current().cancelled.catch((error) => {
        stopped = Date.now();
        throw error;
      });
      return succeed(input);
    };
    await world.send(joiner);
    await eventually(() => world.calls.some((call) => call.directory === 'ad'));
    const run = await world.send(leaver);
    await eventually(() => world.calls.some((call) => call.directory === 'entra'));
    await run.result();
    const again = world.calls.filter((call) => call.directory === 'ad').at(-1);
    expect(again?.at).toBeGreaterThanOrEqual(stopped);
  });

  it('goes before everything that waits, and is not disturbed by what comes after it', async () => {
    const leaver = event('leaver');
    const mover = event('mover');
    const due = event('mover', { inMs: 60_000 });
    world.plans.set(leaver.id, planned(['ad'], { cut: true, later: [{ afterMs: 3_000, lane: lane('ad') }] }));
    world.plans.set(mover.id, { outcome: 'refused', reason: 'has left' });
    await world.send(due);
    await world.send(leaver);
    await eventually(() => world.recorded.some((one) => one.event === leaver.id && one.finished));
    await world.send(mover);
    await eventually(() => world.calls.some((call) => call.event === mover.id));
    await eventually(() => world.calls.filter((call) => call.activity === 'applyLane').length === 2);
    expect((await world.runs()).filter((run) => run.startsWith('leaver'))).toHaveLength(1);
  });

  it('gives way to a rehire in the grace period, and deletes nothing then', async () => {
    const [leaver, rehire] = [event('leaver'), event('rehire')];
    world.plans.set(leaver.id, planned(['ad'], { cut: true, later: [{ afterMs: 60_000, lane: lane('ad') }] }));
    world.plans.set(rehire.id, planned(['ad']));
    await world.send(leaver);
    await eventually(() => world.recorded.some((one) => one.event === leaver.id && one.finished));
    await world.send(rehire);
    await eventually(async () => (await world.runs()).at(-1) === 'rehire/COMPLETED');
    expect(world.calls.filter((call) => call.activity === 'applyLane')).toHaveLength(2);
  });
});

describe('Retry', () => {
  it('opens a run of its own when none is open', async () => {
    world.retryPlan = { cut: false, lanes: [lane('ad')], mail: [], later: [], deferred: [] };
    await (await world.retry('joiner', 'operation-1')).result();
    expect(names()).toEqual(['planRetry', 'applyLane ad', 'recordOutcomes']);
  });

  it('works beside a run that waits', async () => {
    const joiner = event('joiner');
    world.plans.set(joiner.id, planned(['ad', 'entra']));
    world.retryPlan = { cut: false, lanes: [lane('entra')], mail: [], later: [], deferred: [] };
    let down = true;
    world.lane = async (input) => (down && input.directory === 'ad' ? outage() : succeed(input));
    const run = await world.send(joiner);
    await eventually(() => world.recorded.some((one) => one.results.some((result) => result.outcome === 'waiting')));
    await world.retry('joiner', 'operation-1');
    await eventually(() => world.calls.filter((call) => call.directory === 'entra').length === 2);
    down = false;
    await run.result();
  });
});

describe('a directory that builds on another', () => {
  it('is planned when the other has its account', async () => {
    const joiner = event('joiner');
    world.plans.set(joiner.id, planned(['ad'], { deferred: ['entra'] }));
    world.plans.set(`${joiner.id}/entra`, planned(['entra']));
    await (await world.send(joiner)).result();
    expect(names()).toEqual([
      'planEvent',
      'applyLane ad',
      'recordOutcomes',
      'planEvent',
      'applyLane entra',
      'recordOutcomes',
    ]);
  });
});

it('sends a mail that an earlier event still owed, though this one changes no account', async () => {
  const mover = event('mover');
  world.plans.set(mover.id, planned([], { mail: [activationMail], hasAccount: true }));
  await (await world.send(mover)).result();
  expect(world.mails).toHaveLength(1);
});

it('sends a failed mail again when somebody asks for it', async () => {
  world.retryPlan = { cut: false, lanes: [], mail: [activationMail], later: [], deferred: [] };
  await (await world.retry('joiner', 'operation-1')).result();
  expect(world.mails).toHaveLength(1);
  expect(world.recorded.flatMap((one) => one.results)).toMatchObject([{ operationId: activationMail.id }]);
});

it('takes a mover though the run began as the retry of an old leave', async () => {
  const mover = event('mover');
  world.plans.set(mover.id, planned(['entra']));
  world.retryPlan = { cut: false, lanes: [lane('ad')], mail: [], later: [], deferred: [] };
  let down = true;
  world.lane = async (input) => (down && input.directory === 'ad' ? outage() : succeed(input));
  await world.retry('leaver', 'operation-1');
  await eventually(() => world.recorded.some((one) => one.results.some((result) => result.outcome === 'waiting')));
  await world.send(mover);
  await eventually(() => world.calls.some((call) => call.directory === 'entra'));
  down = false;
});
