import { eventually } from '../eventually';
import { Corporation } from '../stack/corporation';
import { Tenure } from '../stack/tenure';
import { allSettled, expectAccounts, expectNoEventLost, expectOneMailEach, expectReportComplete } from './as-planned';
import { HrFeed, type Joiner, joiners } from './hr-feed';

jest.setTimeout(120_000);

/** kill -9 of each part while 30 people join: when events come in, in the middle of lanes, and when mails go out. */
describe.each([
  // A worker that dies, and a database that does, may do so between the mail server's 250 and the note of it.
  { part: 'Worker', repetitions: 20 },
  { part: 'PostgreSQL', repetitions: 20 },
  { part: 'Temporal', repetitions: 0 },
  { part: 'API', repetitions: 0 },
])('when $part is killed three times while 30 people join', ({ part, repetitions }) => {
  let corporation: Corporation;
  let tenure: Tenure;
  let feed: HrFeed;
  let people: Joiner[];

  beforeAll(async () => {
    corporation = await Corporation.start();
    tenure = await Tenure.start({
      directories: corporation.directories(),
      policy: corporation.policy(),
      smtpUrl: corporation.mail.url,
    });
    people = joiners(part, 30);
    feed = new HrFeed(tenure, part);
    // Lanes that take a while, so that a kill hits many of them.
    await corporation.graph.faults.set({ latency: { ms: 60, spread: 60 } });
    const sending = feed.sendJoiners(people, 4);
    await crashWhen(() => feed.accepted.size >= 6);
    await crashWhen(() => corporation.graph.admin.users().length >= 14);
    await sending;
    await crashWhen(() => corporation.mail.messages().length >= 18);
    await allSettled(tenure, 60_000);
  });
  afterAll(async () => {
    await tenure?.stop();
    await corporation?.stop();
  });

  async function crashWhen(point: () => boolean): Promise<void> {
    await eventually(point, { withinMs: 30_000, what: `the point at which ${part} is killed` });
    expect(new Set(corporation.mail.messages().map((mail) => mail.messageId)).size).toBeLessThan(people.length);
    await tenure.crash(part);
  }

  it('loses no event that was accepted', () => expectNoEventLost(tenure, feed));
  it('leaves everybody as planned, with one account in each directory', () => expectAccounts(corporation, people));
  it('leaves the report complete', () => expectReportComplete(tenure, people));
  it('sends everybody one mail', () => expectOneMailEach(corporation, people, repetitions));
});
