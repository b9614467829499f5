import { eventually } from '../eventually';
import { AD, Corporation } from '../stack/corporation';
import { Tenure } from '../stack/tenure';
import { allSettled } from './as-planned';
import { HrFeed, type Joiner, joiners } from './hr-feed';

jest.setTimeout(240_000);

let corporation: Corporation;
let tenure: Tenure;
let feed: HrFeed;

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

const stateInAd = async ({ personId }: Joiner) => (await corporation.adAccounts(personId))[0]?.userAccountControl;
const inCloud = ({ personId }: Joiner) => corporation.entraAccounts(personId)[0];

it('cuts an urgent leaver off in the cloud while AD hangs in the middle of their move', async () => {
  const [person, , ...others] = joiners('present', 12) as [Joiner, Joiner];
  await feed.sendJoiners([person, ...others], 6);
  await allSettled(tenure);

  corporation.samba.suspend();
  // Everybody moves, so that AD's queue is full of work that does not end.
  for (const { personId } of [person, ...others]) {
    await feed.send({ type: 'mover', person: { personId, title: 'Senior Clerk' } });
  }
  await eventually(() => inCloud(person)?.jobTitle === 'Senior Clerk');
  await feed.send({ type: 'leaver', urgent: true, person: { personId: person.personId } });
  await eventually(() => inCloud(person)?.accountEnabled === false);

  corporation.samba.resume();
  await eventually(async () => (await stateInAd(person)) === '514', { withinMs: 20_000 });
  await allSettled(tenure, 90_000);
  const [account] = await corporation.adAccounts(person.personId);
  expect(account).toMatchObject({ userAccountControl: '514' });
  expect([account?.memberOf ?? []].flat()).toEqual([]);
  for (const { personId } of others) {
    expect((await corporation.adAccounts(personId))[0]).toMatchObject({
      title: 'Senior Clerk',
      userAccountControl: '512',
    });
  }
  const cuts = await tenure.report({ endUser: person.personalMail, application: AD, operation: 'disable-account' });
  expect(cuts.map(({ outcome }) => outcome)).toEqual(['succeeded']);
});

it('leaves nobody in AD whose leave came while their account there was being made', async () => {
  const people = joiners('early', 6);
  corporation.samba.suspend();
  await feed.sendJoiners(people, 6);
  await eventually(() => people.every((person) => inCloud(person)));
  for (const { personId } of people) await feed.send({ type: 'leaver', urgent: true, person: { personId } });
  await eventually(() => people.every((person) => inCloud(person)?.accountEnabled === false));
  corporation.samba.resume();
  await allSettled(tenure, 90_000);
  for (const person of people) expect(['514', undefined]).toContain(await stateInAd(person));
});
