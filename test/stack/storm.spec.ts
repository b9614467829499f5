import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../eventually';
import { AD, Corporation, ENTRA } from './corporation';
import { Tenure } from './tenure';

/* Many events of few people in quick succession, while parts die and directories go away. Then all is as it should be. */

jest.setTimeout(300_000);

let corporation: Corporation;
let tenure: Tenure;

beforeAll(async () => {
  corporation = await Corporation.start();
  tenure = await Tenure.start({
    directories: corporation.directories(),
    policy: corporation.policy(),
    smtpUrl: corporation.mail.url,
  });
});
afterAll(async () => {
  await tenure?.stop();
  await corporation?.stop();
});

/** A generator of numbers between 0 and 1 that always gives the same ones (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const SEED = Number(process.env.STORM_SEED ?? 7);
const next = numbers(SEED);
const pick = <T>(...values: T[]): T => values[Math.floor(next() * values.length)] as T;

/** One that is being started again already needs no killing. */
function kill(part: string): void {
  try {
    tenure.kill(part);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

const person = (personId: string) => ({
  personId,
  givenName: `Kim${personId}`,
  familyName: 'Storm',
  department: pick('Sales', 'IT'),
  title: `Title ${Math.floor(next() * 1_000)}`,
  personalMail: `kim.${personId}@home.example`,
});

it(`leaves everybody as their last event wants it (seed ${SEED})`, async () => {
  const people = Array.from({ length: 8 }, (_, index) => `${7_000 + index}`);
  const sent: string[] = [];
  for (const personId of people) sent.push((await tenure.send({ type: 'joiner', person: person(personId) })).event.id);
  for (let round = 0; round < 60; round++) {
    const type = pick('mover', 'mover', 'leaver', 'rehire', 'joiner');
    const personId = pick(...people);
    const urgent = next() < 0.2;
    const body = type === 'leaver' ? { personId } : person(personId);
    // The API itself may be the one that is away: then the event is not accepted, and sent again.
    await eventually(async () => {
      try {
        sent.push((await tenure.send({ type, urgent, person: body, eventId: `storm-${round}` })).event.id);
        return true;
      } catch {
        return false;
      }
    });
    if (round % 20 === 7) kill('Worker');
    if (round % 20 === 13) kill('Temporal');
    if (round === 25) kill('PostgreSQL');
    if (round === 30) await corporation.samba.kill();
    if (round === 40)
      await corporation.graph.faults.set({ loseAnswers: { share: 0.3 }, throttle: { share: 0.2, retryAfter: 1 } });
    if (round === 50) await corporation.samba.start();
    await pause(next() * 300);
  }
  await corporation.graph.faults.clear();
  await corporation.connect();
  await tenure.ended([...new Set(sent)], 120_000);

  const states = new Map<string, string>();
  for (const personId of people) {
    const { state } = await tenure.json<{ state: string }>('GET', `/api/v1/people/${personId}`);
    states.set(personId, state);
  }
  await eventually(
    async () => {
      const wrong = await differences(people, states);
      if (wrong.length > 0) last = wrong;
      return wrong.length === 0;
    },
    { withinMs: 60_000, what: 'accounts as the states want them' },
  ).catch((error) => {
    throw new Error(`${error.message}: ${last.join('; ')}`);
  });
  const open = (await tenure.report({ outcome: 'planned,waiting' })).filter(
    (row) => !String(row.reason).startsWith('Planned for'),
  );
  expect(open).toEqual([]);
});

let last: string[] = [];

async function differences(people: string[], states: Map<string, string>): Promise<string[]> {
  const wrong: string[] = [];
  for (const personId of people) {
    const isActive = states.get(personId) === 'active';
    const ad = await corporation.adAccounts(personId);
    const cloud = corporation.entraAccounts(personId);
    if (ad.length > 1 || cloud.length > 1) wrong.push(`${personId} has ${ad.length} and ${cloud.length} accounts`);
    const adOpen = ad.some((one) => (Number(one.userAccountControl) & 2) === 0);
    const cloudOpen = cloud.some((one) => one.accountEnabled === true);
    if (adOpen !== isActive) wrong.push(`${personId} is ${states.get(personId)}, ${AD} is ${adOpen ? 'open' : 'shut'}`);
    if (cloudOpen !== isActive) {
      wrong.push(`${personId} is ${states.get(personId)}, ${ENTRA} is ${cloudOpen ? 'open' : 'shut'}`);
    }
  }
  return wrong;
}
