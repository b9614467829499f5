import { eventually } from '../eventually';
import { Corporation } from '../stack/corporation';
import { Tenure } from '../stack/tenure';
import { allSettled, expectAccounts, expectNoEventLost, expectOneMailEach, expectReportComplete } from './as-planned';
import { HrFeed, joiners } from './hr-feed';

jest.setTimeout(240_000);

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

it('goes on where it was when every process of it is killed at once, and it is started again', async () => {
  const feed = new HrFeed(tenure, 'hr');
  const people = joiners('power', 30);
  await corporation.graph.faults.set({ latency: { ms: 60, spread: 60 } });
  await feed.sendJoiners(people.slice(0, 20), 4);
  await eventually(() => corporation.graph.admin.users().length >= 8, { withinMs: 60_000 });
  await Promise.all([feed.sendJoiners(people.slice(20), 4), tenure.powerCut()]);
  expect(feed.failures).toBeGreaterThan(0);
  await allSettled(tenure, 90_000);
  await expectNoEventLost(tenure, feed);
  await expectAccounts(corporation, people);
  await expectReportComplete(tenure, people);
  // Mails that were taken and not yet noted as such.
  expectOneMailEach(corporation, people, 10);
});
