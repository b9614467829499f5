import { setTimeout as pause } from 'node:timers/promises';
import { eventually } from '../eventually';
import { AD, Corporation, ENTRA } from './corporation';
import { Tenure } from './tenure';

/* A leave that comes while accounts are being made: in the end nobody who left has an account that is open. */

jest.setTimeout(180_000);

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

const person = (personId: string) => ({
  personId,
  givenName: `Nora${personId}`,
  familyName: 'Short',
  department: 'Sales',
  personalMail: `nora.${personId}@home.example`,
});

async function openAccounts(personId: string): Promise<string[]> {
  const ad = (await corporation.adAccounts(personId)).filter((one) => (Number(one.userAccountControl) & 2) === 0);
  const cloud = corporation.entraAccounts(personId).filter((one) => one.accountEnabled === true);
  return [...ad.map(() => `${AD} ${personId}`), ...cloud.map(() => `${ENTRA} ${personId}`)];
}

it('cuts off everybody, whatever their joining was at', async () => {
  const people = Array.from({ length: 24 }, (_, index) => `${3_000 + index}`);
  const ended = people.map(async (personId, index) => {
    const joiner = await tenure.send({ type: 'joiner', person: person(personId) });
    await pause(index * 40);
    const leaver = await tenure.send({ type: 'leaver', urgent: index % 2 === 0, person: { personId } });
    await tenure.ended([joiner.event.id, leaver.event.id], 120_000);
    expect(await tenure.event(leaver.event.id)).toMatchObject({ state: 'done' });
  });
  await Promise.all(ended);
  const open = await Promise.all(people.map((personId) => openAccounts(personId)));
  expect(open.flat()).toEqual([]);
  for (const personId of people) expect((await corporation.adAccounts(personId)).length).toBeLessThanOrEqual(1);
  await eventually(async () => {
    const rows = await tenure.report();
    return rows.every((row) => row.outcome !== 'waiting' && (row.outcome !== 'planned' || isForLater(row.reason)));
  });
});

const isForLater = (reason: string | null) => reason?.startsWith('Planned for') ?? false;

it('finds an account whose making nobody learned of and that the directory does not show yet', async () => {
  const { faults } = corporation.graph;
  await faults.set({
    replication: { inLists: { ms: 6_000 } },
    loseAnswers: { next: 1, on: { methods: ['POST'], path: '/users$' } },
    latency: { ms: 300 },
  });
  const joiner = await tenure.send({ type: 'joiner', person: person('3100') });
  await eventually(() => corporation.entraAccounts('3100').length === 1);
  await tenure.crash('Worker');
  const leaver = await tenure.send({ type: 'leaver', person: { personId: '3100' } });
  await tenure.ended([joiner.event.id, leaver.event.id]);
  await faults.clear();
  await eventually(async () => (await openAccounts('3100')).length === 0, { withinMs: 40_000 });
});
