import { eventually } from '../eventually';
import { AD, Corporation, ENTRA } from '../stack/corporation';
import { Tenure } from '../stack/tenure';
import { allSettled, expectAccounts, expectNoEventLost, expectOneMailEach, expectReportComplete } from './as-planned';
import { HrFeed, type Joiner, joiners } from './hr-feed';

jest.setTimeout(240_000);

/** AD is away while people join, move and leave: gone, or hung with its connections open. Then it is back. */
describe.each([
  {
    how: 'is down',
    joining: 30,
    goAway: (ad: Corporation['samba']) => ad.kill(),
    comeBack: (ad: Corporation['samba']) => ad.start(),
  },
  {
    how: 'hangs',
    joining: 10,
    goAway: async (ad: Corporation['samba']) => ad.suspend(),
    comeBack: async (ad: Corporation['samba']) => ad.resume(),
  },
])('while AD $how', ({ joining, goAway, comeBack }) => {
  let corporation: Corporation;
  let tenure: Tenure;
  let feed: HrFeed;
  /** Somebody who is there before and leaves during the outage; and the others, who join during it. */
  let leaver: Joiner;
  let people: Joiner[];
  /** One of those, who moves while AD is still away. */
  let mover: Joiner;

  beforeAll(async () => {
    corporation = await Corporation.start();
    tenure = await Tenure.start({
      directories: corporation.directories(),
      policy: corporation.policy(),
      smtpUrl: corporation.mail.url,
    });
    feed = new HrFeed(tenure, 'hr');
    leaver = { ...joiners('leaver', 1)[0] } as Joiner;
    people = joiners('joiner', joining);
    mover = people[1] as Joiner;
    await tenure.ended([await feed.send({ type: 'joiner', person: leaver })]);
    await goAway(corporation.samba);
  });
  afterAll(async () => {
    await tenure?.stop();
    await corporation?.stop();
  });

  const adState = async (person: Joiner) => (await corporation.adAccounts(person.personId))[0]?.userAccountControl;

  it('gives joiners their cloud accounts and their mail all the same, and says what waits for what', async () => {
    await feed.sendJoiners(people, 8);
    await eventually(() => corporation.mail.messages().length === people.length + 1, { withinMs: 40_000 });
    expect(people.flatMap(({ personId }) => corporation.entraAccounts(personId))).toHaveLength(people.length);
    const creates = async () =>
      (await tenure.report({ application: AD, operation: 'create-account', outcome: 'waiting' })).filter(
        ({ reason }) => reason,
      );
    await eventually(async () => (await creates()).length === people.length, { withinMs: 40_000 });
    for (const { reason } of await creates()) expect(reason).toMatch(/connect|answer|reach|time/i);
  });

  it('cuts a leaver in the directory that answers, while the other one does not', async () => {
    await feed.send({ type: 'leaver', person: { personId: leaver.personId } });
    await eventually(() => corporation.entraAccounts(leaver.personId)[0]?.accountEnabled === false);
    await eventually(async () => {
      const rows = await tenure.report({ endUser: leaver.personalMail, application: AD, outcome: 'waiting' });
      return rows.some(({ operation }) => operation === 'disable-account');
    });
  });

  it('takes a later event of somebody who waits, and plans what waited with it', async () => {
    mover.department = 'Sales';
    await feed.send({ type: 'mover', person: { personId: mover.personId, department: 'Sales' } });
    await eventually(() => corporation.entraAccounts(mover.personId)[0]?.department === 'Sales');
    await eventually(async () => {
      const rows = await tenure.report({ endUser: mover.personalMail, application: AD, operation: 'create-account' });
      return rows.some(({ outcome }) => outcome === 'superseded') && rows.some(({ outcome }) => outcome === 'waiting');
    });
  });

  it('and when AD is back, cuts the leaver there in seconds', async () => {
    await comeBack(corporation.samba);
    await corporation.connect();
    await eventually(async () => (await adState(leaver)) === '514', { withinMs: 15_000 });
  });

  it('and does everything that waited, once, without anybody’s help', async () => {
    await allSettled(tenure, 90_000);
    await expectNoEventLost(tenure, feed);
    expectOneMailEach(corporation, [leaver, ...people]);
    await expectAccounts(corporation, people, 1);
    await expectReportComplete(
      tenure,
      people.filter((person) => person !== mover),
    );
    const creates = await tenure.report({
      endUser: mover.personalMail,
      operation: 'create-account',
      outcome: 'succeeded',
    });
    expect(creates.map(({ application }) => application).sort()).toEqual([AD, ENTRA]);
    expect(corporation.entraAccounts(leaver.personId)).toMatchObject([{ accountEnabled: false, groups: [] }]);
    expect(await tenure.report({ endUser: leaver.personalMail, application: ENTRA, outcome: 'failed' })).toEqual([]);
  });
});
