import { eventually } from '../eventually';
import { Corporation } from '../stack/corporation';
import { Tenure } from '../stack/tenure';
import { allSettled, expectAccounts, expectNoEventLost, expectOneMailEach, expectReportComplete } from './as-planned';
import { HrFeed, type Joiner, joiners } from './hr-feed';

jest.setTimeout(240_000);

let corporation: Corporation;
let tenure: Tenure;
let feed: HrFeed;
const everybody: Joiner[] = [];
/** Mails whose sender could not know that they were taken. */
const DROPS = 6;

beforeAll(async () => {
  corporation = await Corporation.start();
  tenure = await Tenure.start({
    directories: corporation.directories(),
    policy: corporation.policy(),
    smtpUrl: corporation.mail.url,
  });
  feed = new HrFeed(tenure, 'hr');
});
afterAll(async () => {
  await tenure?.stop();
  await corporation?.stop();
});

async function join(prefix: string, count: number): Promise<Joiner[]> {
  const people = joiners(prefix, count);
  everybody.push(...people);
  await feed.sendJoiners(people, 6);
  return people;
}

const mails = (query: Record<string, string>) => tenure.report({ application: 'mail', ...query });

it('waits for a mail server that says "try later", says so, and then sends every mail once', async () => {
  corporation.mail.refuse(451);
  const people = await join('later', 20);
  await eventually(async () => (await mails({ outcome: 'waiting' })).length === people.length);
  for (const { reason } of await mails({ outcome: 'waiting' })) expect(reason).toContain('asks to try again later');
  expect(corporation.mail.messages()).toEqual([]);
  corporation.mail.refuse(undefined);
  await allSettled(tenure);
  await expectNoEventLost(tenure, feed);
  expectOneMailEach(corporation, everybody);
  await expectReportComplete(tenure, people);
});

it('waits for a mail server that is not there', async () => {
  await corporation.mail.stop();
  const people = await join('gone', 10);
  await eventually(async () => (await mails({ outcome: 'waiting', endUser: 'gone-' })).length === people.length);
  await corporation.mail.start();
  await allSettled(tenure);
  expectOneMailEach(corporation, everybody);
  await expectReportComplete(tenure, people);
});

it('sends a mail again, the very same one, when the connection breaks before the server could say that it has it', async () => {
  corporation.mail.dropAfterData(DROPS);
  const people = await join('dropped', 15);
  await allSettled(tenure);
  // Six mails came twice, with one Message-ID each and one link; nobody else’s did.
  expectOneMailEach(corporation, everybody, DROPS);
  expect(corporation.mail.messages()).toHaveLength(everybody.length + DROPS);
  await expectReportComplete(tenure, people);
  await expectAccounts(corporation, people, everybody.length - people.length);
});

it('says which mail was refused for good, and sends it when somebody retries', async () => {
  corporation.mail.refuse(550);
  const [person] = await join('refused', 1);
  await eventually(async () => (await mails({ outcome: 'failed' })).length === 1);
  const [failed] = await mails({ outcome: 'failed' });
  expect(failed?.reason).toContain('refuses the recipient');
  corporation.mail.refuse(undefined);
  const answer = await tenure.request('POST', `/api/v1/operations/${encodeURIComponent(String(failed?.id))}/retry`);
  expect(answer.status).toBe(202);
  await corporation.mail.waitFor((mail) => mail.to.includes(String(person?.personalMail)));
  await eventually(async () => (await mails({ endUser: 'refused-1', outcome: 'succeeded' })).length === 1);
  expectOneMailEach(corporation, everybody, DROPS);
});
