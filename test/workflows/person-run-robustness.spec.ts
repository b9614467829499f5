import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { SEARCH_ATTRIBUTE_TYPES } from '../../contracts/search-attributes';
import { eventually } from '../eventually';
import { startTestTemporal, type TestTemporal } from '../servers/temporal';
import { activationMail, event, lane, planned, ScriptedWorker, succeed } from './scripted-worker';

/* What must not block a person: failures, interruptions and dates that come at a bad moment. */

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
const hang = async (): Promise<never> => {
  await Context.current().cancelled;
  throw new Error('unreachable');
};
const laneCalls = (directory: string) => world.calls.filter((call) => call.directory === directory);
const isWaiting = () => world.recorded.some((one) => one.results.some((result) => result.outcome === 'waiting'));

it('interrupts a run whose mail still waits for an account', async () => {
  const [joiner, leaver] = [event('joiner'), event('leaver')];
  world.plans.set(joiner.id, planned(['ad'], { mail: [activationMail] }));
  world.plans.set(leaver.id, planned(['entra'], { cut: true }));
  world.lane = async (input) => (input.cut ? succeed(input) : hang());
  await world.send(joiner);
  await eventually(() => laneCalls('ad').length === 1);
  await world.send(leaver);
  await eventually(() => laneCalls('entra').length === 1);
  const interrupted = world.recorded.flatMap((one) => one.results).find((one) => one.outcome === 'superseded');
  expect(interrupted?.reason).toContain('while it was being done');
});

it('starts a leave on its date though another event is due and cannot begin yet', async () => {
  const joiner = event('joiner');
  world.plans.set(joiner.id, planned(['ad']));
  world.lane = async (input) => (input.cut ? succeed(input) : hang());
  await world.send(joiner);
  await eventually(() => laneCalls('ad').length === 1);
  const [mover, leaver] = [event('mover'), event('leaver', { inMs: 2_000 })];
  world.plans.set(leaver.id, planned(['entra'], { cut: true }));
  await world.send(mover);
  await world.send(leaver);
  await eventually(() => laneCalls('entra').length === 1);
});

it('does not keep a leave waiting for a plan that cannot be made', async () => {
  const [joiner, leaver] = [event('joiner'), event('leaver')];
  world.plans.set(leaver.id, planned(['ad'], { cut: true }));
  world.plan = async () => {
    throw new Error('There is no policy yet.');
  };
  await world.send(joiner);
  await eventually(() => world.calls.filter((call) => call.event === joiner.id).length > 1);
  await world.send(leaver);
  await eventually(() => laneCalls('ad').length === 1);
  world.plan = async () => ({ outcome: 'closed' });
});

it('takes two leaves that are due at the same time, one after the other', async () => {
  const [first, second] = [event('leaver'), event('leaver')];
  for (const one of [first, second]) world.plans.set(one.id, planned(['ad'], { cut: true }));
  await world.send(second, [first]);
  await eventually(() => world.recorded.some((one) => one.event === second.id && one.finished));
});

it('does not lose a retry whose plan was interrupted', async () => {
  const leaver = event('leaver');
  world.plans.set(leaver.id, planned(['ad'], { cut: true }));
  let canPlan = false;
  world.planAgain = async () => {
    if (!canPlan) throw new Error('There is no policy yet.');
    return { cut: false, lanes: [lane('entra')], mail: [], later: [], deferred: [] };
  };
  await world.retry('joiner', 'operation-1');
  await eventually(() => world.calls.some((call) => call.activity === 'planRetry'));
  await world.send(leaver);
  await eventually(() => laneCalls('ad').length === 1);
  canPlan = true;
  await eventually(() => laneCalls('entra').length === 1);
});

it('pauses between tries of what Temporal does not try again by itself', async () => {
  const joiner = event('joiner');
  world.plans.set(joiner.id, planned(['ad']));
  world.lane = async () => {
    throw ApplicationFailure.nonRetryable('The payload is too large.');
  };
  await world.send(joiner);
  await eventually(isWaiting);
  await expect(eventually(() => laneCalls('ad').length > 5, { withinMs: 3_000 })).rejects.toThrow();
});

it('keeps a directory fenced over several runs, until an activity that was lost has surely ended', async () => {
  const [joiner, leaver, again] = [event('joiner'), event('leaver'), event('leaver')];
  world.plans.set(joiner.id, planned(['ad']));
  world.plans.set(leaver.id, planned(['ad'], { cut: true }));
  world.plans.set(again.id, planned(['ad'], { cut: true }));
  let ended = 0;
  let begun = 0;
  world.lane = async (input) => {
    begun += 1;
    if (begun > 1) return succeed(input);
    await Context.current().cancelled.catch(() => {
      ended = Date.now();
    });
    throw new Error('stopped');
  };
  await world.send(joiner);
  await eventually(() => begun === 1);
  await world.send(leaver);
  await eventually(() => world.calls.some((call) => call.event === leaver.id));
  await world.send(again);
  await eventually(() => laneCalls('ad').length >= 2);
  expect(laneCalls('ad')[1]?.at).toBeGreaterThanOrEqual(ended || Number.POSITIVE_INFINITY);
});

it('deletes in one directory after its grace period though another is still down', async () => {
  const leaver = event('leaver');
  const later = [{ afterMs: 1_000, lane: lane('ad') }];
  world.plans.set(leaver.id, planned(['ad', 'entra'], { cut: true, later }));
  world.lane = async (input) => (input.directory === 'entra' ? outage() : succeed(input));
  await world.send(leaver);
  await eventually(() => laneCalls('ad').length === 2);
});

describe('an event that comes to nothing', () => {
  it('leaves what was waiting to go on when its directory is back', async () => {
    const [joiner, mover] = [event('joiner'), event('mover')];
    world.plans.set(joiner.id, planned(['ad']));
    world.plans.set(mover.id, { outcome: 'refused', reason: 'a rule cannot be decided' });
    let down = true;
    world.lane = async (input) => (down ? outage() : succeed(input));
    await world.send(joiner);
    await eventually(isWaiting);
    await world.send(mover);
    await eventually(() => world.calls.some((call) => call.event === mover.id));
    down = false;
    await eventually(() => world.recorded.some((one) => one.event === joiner.id && one.finished));
  });

  it('leaves a leaver’s accounts to be deleted after their grace period', async () => {
    const [leaver, rehire] = [event('leaver'), event('rehire')];
    const later = [{ afterMs: 3_000, lane: lane('entra') }];
    world.plans.set(leaver.id, planned(['ad'], { cut: true, later }));
    await world.send(leaver);
    await eventually(() => world.recorded.some((one) => one.event === leaver.id && one.finished));
    // Rescinded: when its date came, planning found it closed.
    await world.send(rehire);
    await eventually(() => world.calls.some((call) => call.event === rehire.id));
    await eventually(() => laneCalls('entra').length === 1);
  });

  it('leaves a retry that was under way to go on', async () => {
    const mover = event('mover');
    world.plans.set(mover.id, { outcome: 'refused', reason: 'a rule cannot be decided' });
    world.retryPlan = { cut: false, lanes: [lane('ad')], mail: [], later: [], deferred: [] };
    let down = true;
    world.lane = async (input) => (down ? outage() : succeed(input));
    await world.retry('joiner', 'operation-1');
    await eventually(isWaiting);
    await world.send(mover);
    await eventually(() => world.calls.some((call) => call.event === mover.id));
    down = false;
    await eventually(() => world.recorded.some((one) => one.results.some(({ outcome }) => outcome === 'succeeded')));
  });
});
