import { eventually } from '../eventually';
import { Corporation } from '../stack/corporation';
import { Tenure } from '../stack/tenure';
import { allSettled, expectAccounts, expectNoEventLost, expectOneMailEach, expectReportComplete } from './as-planned';
import { HrFeed, type Joiner, joiners } from './hr-feed';

/**
 * kill -9 of one part while 30 people join: when events come in, in the middle of lanes, and when mails go out.
 * @param repetitions how many mails may come twice, as they were, since their sender died before it could note them
 */
export function describeKilled(part: 'API' | 'Worker' | 'PostgreSQL' | 'Temporal', repetitions: number): void {
  describe(`when ${part} is killed three times while 30 people join`, () => {
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
      await crashWhen(() => corporation.graph.admin.users().length >= 12);
      await crashWhen(() => corporation.mail.messages().length >= 16);
      await sending;
      await allSettled(tenure, 90_000);
    });
    afterAll(async () => {
      await tenure?.stop();
      await corporation?.stop();
    });

    async function crashWhen(point: () => boolean): Promise<void> {
      await eventually(point, { withinMs: 60_000, what: `the point at which ${part} is killed` });
      expect(new Set(corporation.mail.messages().map((mail) => mail.messageId)).size).toBeLessThan(people.length);
      await tenure.crash(part);
    }

    it('loses no event that was accepted', () => expectNoEventLost(tenure, feed));
    it('leaves everybody as planned, with one account in each directory', () => expectAccounts(corporation, people));
    it('leaves the report complete', () => expectReportComplete(tenure, people));
    it('sends everybody one mail', () => expectOneMailEach(corporation, people, repetitions));
  });
}
