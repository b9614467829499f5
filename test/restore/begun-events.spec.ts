import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../eventually.js';
import { AD, Corporation, ENTRA } from '../stack/corporation.js';
import { Tenure } from '../stack/tenure.js';

jest.setTimeout(120_000);

/** What docs/operations.md promises for a database whose Temporal has lost everything. */
describe('a restored database without its histories', () => {
  const person = {
    personId: 'hr-1',
    givenName: 'Ada',
    familyName: 'Brandt',
    department: 'Sales',
    personalMail: 'ada@home.test',
  };
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

  it('gets begun events done by a new event of the same kind, without a second account or mail', async () => {
    await corporation.samba.kill();
    const { event: begun } = await tenure.send({ type: 'joiner', person });
    await eventually(async () => (await tenure.report({ outcome: 'waiting', application: AD })).length > 0);
    await eventually(
      async () => (await tenure.report({ operation: 'send-activation-mail', outcome: 'succeeded' })).length === 1,
    );
    const [cloudAccount] = corporation.entraAccounts(person.personId);

    await tenure.restart(() => {
      for (const name of readdirSync(tenure.home)) if (name.startsWith('temporal.db')) rmSync(join(tenure.home, name));
    });
    await corporation.samba.start();
    await corporation.connect();
    expect((await tenure.event(begun.id)).state).toBe('taken');

    const again = await tenure.settle({ type: 'joiner', person });
    expect(again.state).toBe('done');
    expect(await corporation.adAccounts(person.personId)).toHaveLength(1);
    expect(corporation.entraAccounts(person.personId)).toMatchObject([{ id: cloudAccount?.id }]);
    expect(corporation.mail.messages()).toHaveLength(1);
    expect(await tenure.report({ outcome: 'planned,waiting' })).toEqual([]);
    expect((await tenure.report({ application: ENTRA, operation: 'create-account' })).length).toBe(1);
    // What it had planned is settled by the new plan, and so it is at an end too.
    expect((await tenure.event(begun.id)).state).toBe('done');
  });
});
