import { Corporation, ENTRA } from '../stack/corporation';
import { Tenure } from '../stack/tenure';
import { allSettled, expectAccounts, expectNoEventLost, expectOneMailEach, expectReportComplete } from './as-planned';
import { HrFeed, type Joiner, joiners } from './hr-feed';

jest.setTimeout(240_000);

let corporation: Corporation;
let tenure: Tenure;
let feed: HrFeed;
const everybody: Joiner[] = [];

beforeAll(async () => {
  corporation = await Corporation.start();
  tenure = await Tenure.start({
    directories: corporation.directories(),
    policy: corporation.policy(),
    smtpUrl: corporation.mail.url,
  });
  feed = new HrFeed(tenure, 'hr');
});
afterEach(() => corporation.graph.faults.clear());
afterAll(async () => {
  await tenure?.stop();
  await corporation?.stop();
});

async function join(prefix: string, count: number): Promise<Joiner[]> {
  const people = joiners(prefix, count);
  everybody.push(...people);
  await feed.sendJoiners(people, 6);
  await allSettled(tenure, 90_000);
  return people;
}

async function expectAllWell(people: Joiner[]): Promise<void> {
  await expectNoEventLost(tenure, feed);
  await expectAccounts(corporation, people, everybody.length - people.length);
  await expectReportComplete(tenure, people);
  expectOneMailEach(corporation, everybody);
}

it('takes a Graph that refuses half of all calls for load, and asks it no sooner than it said', async () => {
  await corporation.graph.faults.set({ throttle: { share: 0.5, retryAfter: 1 } });
  const people = await join('throttled', 15);
  expect(corporation.graph.faults.counts.throttled).toBeGreaterThan(15);
  await corporation.graph.faults.clear();
  await expectAllWell(people);
});

it.each(['reset', '504'] as const)(
  'does nothing twice when answers get lost after the work was done (%s)',
  async (as) => {
    const before = corporation.graph.faults.counts.answersLost;
    await corporation.graph.faults.set({ loseAnswers: { share: 0.3, as } });
    const people = await join(`lost-${as}`, 12);
    expect(corporation.graph.faults.counts.answersLost - before).toBeGreaterThan(8);
    await corporation.graph.faults.clear();
    await expectAllWell(people);
  },
);

it('keeps its head when the tenant is gone for a while, and new accounts are slow to be seen', async () => {
  const { faults } = corporation.graph;
  await faults.set({ outage: 'refuse', replication: { byId: { reads: 2 }, inLists: { ms: 2_000 } } });
  const people = joiners('outage', 10);
  everybody.push(...people);
  await feed.sendJoiners(people, 6);
  await corporation.mail.waitFor((mail) => mail.to.includes('outage-10@home.example'), 30_000);
  expect((await tenure.report({ application: ENTRA, outcome: 'succeeded', endUser: 'outage-' })).length).toBe(0);
  await faults.set({ outage: undefined });
  await allSettled(tenure, 90_000);
  await faults.clear();
  await expectAllWell(people);
});
