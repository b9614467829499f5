import { SEARCH_ATTRIBUTE_TYPES } from '../../contracts/search-attributes';
import { personWorkflowId } from '../../contracts/workflow-ids';
import { eventually } from '../eventually';
import { startTestTemporal } from '../servers/temporal';
import { activationMail, event, lane, planned, ScriptedWorker, succeed } from '../workflows/scripted-worker';
import { writeHistory } from './history-file';

/*
 * Records the histories that replay.spec.ts replays: `npx tsx test/replay/record.ts`. Record anew only what a change made
 * impossible to keep, and only after patching the workflow for the runs that are under way at users.
 */

type Scenario = (world: ScriptedWorker) => Promise<void>;

const closed = (world: ScriptedWorker, type: string) =>
  eventually(async () => (await world.runs()).at(-1) === `${type}/COMPLETED`);

const waitingRecorded = (world: ScriptedWorker) =>
  eventually(() => world.recorded.some((one) => one.results.some((result) => result.outcome === 'waiting')));

/** A directory that does not answer until the returned function is called. */
function outage(world: ScriptedWorker, directory: string): () => void {
  let down = true;
  world.lane = async (input) => {
    if (down && input.directory === directory) throw new Error(`${directory} does not answer.`);
    return succeed(input);
  };
  return () => {
    down = false;
  };
}

const SCENARIOS: Record<string, Scenario> = {
  'joiner-with-mail': async (world) => {
    const joiner = event('joiner');
    world.plans.set(joiner.id, planned(['ad', 'entra'], { mail: [activationMail] }));
    await (await world.send(joiner)).result();
  },
  'joiner-in-two-waves': async (world) => {
    const joiner = event('joiner');
    world.plans.set(joiner.id, planned(['ad'], { deferred: ['entra'] }));
    world.plans.set(`${joiner.id}/entra`, planned(['entra']));
    await (await world.send(joiner)).result();
  },
  'joiner-waits-then-mover': async (world) => {
    const [joiner, mover] = [event('joiner'), event('mover')];
    world.plans.set(joiner.id, planned(['ad', 'entra']));
    world.plans.set(mover.id, planned(['ad']));
    const back = outage(world, 'ad');
    await world.send(joiner);
    await waitingRecorded(world);
    await world.send(mover);
    await eventually(() => world.calls.some((call) => call.event === mover.id));
    back();
    await closed(world, 'mover');
  },
  'leaver-refuses-mover-then-rehire': async (world) => {
    const [leaver, mover, rehire] = [event('leaver'), event('mover'), event('rehire')];
    world.plans.set(
      leaver.id,
      planned(['ad', 'entra'], { cut: true, later: [{ afterMs: 3_600_000, lane: lane('ad') }] }),
    );
    world.plans.set(mover.id, { outcome: 'refused', reason: 'has left' });
    world.plans.set(rehire.id, planned(['ad', 'entra'], { mail: [activationMail] }));
    await world.send(leaver);
    await eventually(() => world.recorded.some((one) => one.event === leaver.id && one.finished));
    await world.send(mover);
    await eventually(() => world.calls.some((call) => call.event === mover.id));
    await world.send(rehire);
    await closed(world, 'rehire');
  },
  'leaver-deletes-after-grace': async (world) => {
    const leaver = event('leaver', { inMs: 1_500 });
    world.plans.set(leaver.id, planned(['ad'], { cut: true, later: [{ afterMs: 1_000, lane: lane('ad') }] }));
    await (await world.send(leaver)).result();
  },
  'joiner-goes-on-after-a-refused-mover': async (world) => {
    const [joiner, mover] = [event('joiner'), event('mover')];
    world.plans.set(joiner.id, planned(['ad', 'entra'], { mail: [activationMail] }));
    world.plans.set(mover.id, { outcome: 'refused', reason: 'a rule cannot be decided' });
    const back = outage(world, 'ad');
    await world.send(joiner);
    await waitingRecorded(world);
    await world.send(mover);
    await eventually(() => world.calls.some((call) => call.event === mover.id));
    back();
    await closed(world, 'joiner');
  },
  'retry-beside-a-waiting-joiner': async (world) => {
    const joiner = event('joiner');
    world.plans.set(joiner.id, planned(['ad', 'entra']));
    world.retryPlan = { cut: false, lanes: [lane('entra')], mail: [], later: [], deferred: [] };
    const back = outage(world, 'ad');
    await world.send(joiner);
    await waitingRecorded(world);
    await world.retry('joiner', 'operation-1');
    await eventually(() => world.calls.filter((call) => call.directory === 'entra').length === 2);
    back();
    await closed(world, 'joiner');
  },
};

async function main(): Promise<void> {
  const temporal = await startTestTemporal({ searchAttributes: SEARCH_ATTRIBUTE_TYPES });
  for (const [name, scenario] of Object.entries(SCENARIOS)) {
    const world = await ScriptedWorker.start(temporal.address, ['ad', 'entra']);
    await scenario(world);
    let count = 0;
    const query = `WorkflowId = '${personWorkflowId(world.person)}'`;
    for await (const run of world.client.workflow.list({ query })) {
      const history = await world.client.workflow.getHandle(run.workflowId, run.runId).fetchHistory();
      count += 1;
      writeHistory(`${name}.${run.type}.${count}`, history);
    }
    console.log(`${name}: ${count} run(s)`);
    await world.stop();
  }
  await temporal.stop();
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
