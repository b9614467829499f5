import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { NativeConnection } from '@temporalio/worker';
import { SEARCH_ATTRIBUTE_TYPES } from '../../contracts/search-attributes';
import { startTimeSkipping } from '../servers/time-skipping';
import { event, lane, planned, ScriptedWorker } from './scripted-worker';

jest.setTimeout(60_000);

const DAY = 86_400_000;
const HOUR = 3_600_000;

let environment: TestWorkflowEnvironment;
let world: ScriptedWorker;

beforeAll(async () => {
  environment = await startTimeSkipping(Object.keys(SEARCH_ATTRIBUTE_TYPES));
});
afterAll(() => environment?.teardown());
beforeEach(async () => {
  const { client, nativeConnection } = environment;
  world = await ScriptedWorker.run(client, nativeConnection as NativeConnection, ['ad']);
});
afterEach(() => world.stop());

it('sleeps 180 days until a leave is due, and 30 more before it deletes', async () => {
  const start = await environment.currentTimeMs();
  const leaver = event('leaver', { inMs: 180 * DAY });
  world.plans.set(leaver.id, planned(['ad'], { cut: true, later: [{ afterMs: 30 * DAY, lane: lane('ad') }] }));
  const run = await world.send(leaver);
  await run.result();
  expect((await environment.currentTimeMs()) - start).toBeGreaterThanOrEqual(210 * DAY);
  expect(world.calls.map((call) => call.activity)).toEqual([
    'planEvent',
    'applyLane',
    'recordOutcomes',
    'applyLane',
    'recordOutcomes',
  ]);
});

it('outlives a directory that is away for five hours', async () => {
  const joiner = event('joiner');
  world.plans.set(joiner.id, planned(['ad']));
  const start = await environment.currentTimeMs();
  const answers = world.lane;
  world.lane = async (input, attempt) => {
    if ((await environment.currentTimeMs()) - start < 5 * HOUR) throw new Error('ad does not answer.');
    return answers(input, attempt);
  };
  const run = await world.send(joiner);
  await run.result();
  expect(world.recorded.at(-1)).toMatchObject({ finished: true, results: [{ outcome: 'succeeded' }] });
});
