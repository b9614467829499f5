import { eventually } from '../eventually';
import { AD, Corporation, ENTRA } from './corporation';
import { Tenure } from './tenure';

jest.setTimeout(120_000);

let corporation: Corporation;
let tenure: Tenure;

beforeAll(async () => {
  corporation = await Corporation.start();
  tenure = await Tenure.start({
    directories: corporation.directories(),
    policy: corporation.policy(),
    smtpUrl: corporation.mail.url,
    // What the shell says of another Temporal is not for the embedded one.
    env: { TEMPORAL_NAMESPACE: 'somebody-elses', TEMPORAL_API_KEY: 'theirs' },
  });
});
afterAll(async () => {
  await tenure?.stop();
  await corporation?.stop();
});

const jane = {
  personId: '1001',
  givenName: 'Jané',
  familyName: "O'Neill",
  department: 'Sales',
  title: 'Account Manager',
  personalMail: 'jane@home.example',
};
const outcomes = async (personId: string) =>
  (await tenure.report({ endUser: personId })).map((row) => `${row.application} ${row.operation} ${row.outcome}`);

it('gives a joiner an account in both directories, their groups, and an activation mail', async () => {
  const ended = await tenure.settle({ type: 'joiner', person: jane });
  expect(ended).toMatchObject({ state: 'done', reason: null });
  const [account, ...others] = await corporation.adAccounts('1001');
  expect(others).toEqual([]);
  expect(account).toMatchObject({
    displayName: "Jané O'Neill",
    userPrincipalName: 'jane.oneill@corp.example.test',
    userAccountControl: '512',
    department: 'Sales',
  });
  expect(String(account?.dn)).toContain('OU=Sales,OU=People');
  expect([account?.memberOf].flat().map(String).sort()).toEqual([
    expect.stringMatching(/^CN=All Staff/),
    expect.stringMatching(/^CN=Sales/),
  ]);
  expect(corporation.entraAccounts('1001')).toEqual([
    expect.objectContaining({ userPrincipalName: 'jane.oneill@corp.example.test', accountEnabled: true }),
  ]);
  const mail = await corporation.mail.waitFor((one) => one.to.includes('jane@home.example'));
  expect(mail.text).toContain(`${tenure.url}/activate?token=`);
  expect(await outcomes('1001')).toEqual(
    expect.arrayContaining([
      `${AD} create-account succeeded`,
      `${AD} add-membership succeeded`,
      `${ENTRA} create-account succeeded`,
      'mail send-activation-mail succeeded',
    ]),
  );
});

it('links somebody to a manager who joins later', async () => {
  await tenure.settle({ type: 'joiner', person: { ...jane, personId: '1002', givenName: 'Reza', manager: '1003' } });
  await tenure.settle({ type: 'joiner', person: { ...jane, personId: '1003', givenName: 'Mia' } });
  const [manager] = await corporation.adAccounts('1003');
  await eventually(async () => (await corporation.adAccounts('1002'))[0]?.manager === manager?.dn);
});

it('moves a mover: place, groups and attributes follow', async () => {
  await tenure.settle({ type: 'mover', person: { personId: '1001', department: 'IT', title: 'Engineer' } });
  const [account] = await corporation.adAccounts('1001');
  expect(account).toMatchObject({ department: 'IT', title: 'Engineer', displayName: "Jané O'Neill" });
  expect(String(account?.dn)).not.toContain('OU=Sales');
  expect([account?.memberOf].flat().map(String)).toEqual([expect.stringMatching(/^CN=All Staff/)]);
  expect(corporation.entraAccounts('1001')[0]).toMatchObject({ department: 'IT', jobTitle: 'Engineer' });
});

it('cuts a leaver off everywhere, and brings the same accounts back with a rehire', async () => {
  const [before] = await corporation.adAccounts('1001');
  const [cloudBefore] = corporation.entraAccounts('1001');
  await tenure.settle({ type: 'leaver', urgent: true, person: { personId: '1001' } });
  const [gone] = await corporation.adAccounts('1001');
  expect(gone).toMatchObject({ userAccountControl: '514' });
  expect([gone?.memberOf ?? []].flat()).toEqual([]);
  expect(corporation.entraAccounts('1001')[0]).toMatchObject({ accountEnabled: false });

  const mover = await tenure.settle({ type: 'mover', person: { personId: '1001', title: 'Nobody' } });
  expect(mover).toMatchObject({ state: 'failed', reason: expect.stringContaining('has left') });

  await tenure.settle({ type: 'rehire', person: { personId: '1001', department: 'Sales' } });
  const [back] = await corporation.adAccounts('1001');
  expect(back?.objectGUID).toEqual(before?.objectGUID);
  expect(back).toMatchObject({ userAccountControl: '512', department: 'Sales' });
  expect(corporation.entraAccounts('1001')[0]).toMatchObject({ id: cloudBefore?.id, accountEnabled: true });
});

it('gives a namesake names of their own', async () => {
  await tenure.settle({ type: 'joiner', person: { ...jane, personId: '1004' } });
  const [account] = await corporation.adAccounts('1004');
  expect(account).toMatchObject({
    sAMAccountName: 'jane.oneill2',
    userPrincipalName: 'jane.oneill2@corp.example.test',
  });
});

it('fails what cannot succeed visibly and alone, and does it when the cause is gone and somebody retries', async () => {
  const broken = corporation.policy().replace("groups: ['Sales']", "groups: ['Sales', 'Crew']");
  await tenure.request('PUT', '/api/v1/policies', broken, 'application/yaml');
  const ended = await tenure.settle({ type: 'joiner', person: { ...jane, personId: '1005' } });
  expect(ended.reason).toContain('1 operation(s) did not succeed');
  const [failed] = await tenure.report({ endUser: '1005', outcome: 'failed' });
  expect(failed).toMatchObject({ application: ENTRA, operation: 'add-membership' });
  expect(failed?.reason).toContain('Crew');

  corporation.graph.admin.createGroup('Crew');
  const answer = await tenure.request('POST', `/api/v1/operations/${encodeURIComponent(String(failed?.id))}/retry`);
  expect(answer.status).toBe(202);
  await eventually(async () => (await outcomes('1005')).includes(`${ENTRA} add-membership succeeded`));
  expect(await tenure.report({ endUser: '1005', outcome: 'failed' })).toHaveLength(1);
});

it('renames a sign-in name where the policy lets it change, past a namesake', async () => {
  const changing = corporation.policy().replaceAll('maxLength: 64, once: true', 'maxLength: 64, once: false');
  await tenure.request('PUT', '/api/v1/policies', changing, 'application/yaml');
  await tenure.settle({ type: 'joiner', person: { ...jane, personId: '1006', familyName: 'Before' } });
  await tenure.settle({ type: 'mover', person: { personId: '1006', familyName: "O'Neill" } });
  const [account] = await corporation.adAccounts('1006');
  const [taken] = await corporation.adAccounts('1001');
  expect(account?.userPrincipalName).toMatch(/^jane\.oneill\d@corp\.example\.test$/);
  expect(account?.userPrincipalName).not.toBe(taken?.userPrincipalName);
  expect(account?.sAMAccountName).toBe('jane.before');
});

it('takes the service over its state after a restart', async () => {
  const before = (await tenure.report()).map((row) => row.id);
  await tenure.restart();
  expect((await tenure.report()).map((row) => row.id)).toEqual(expect.arrayContaining(before));
  const ended = await tenure.settle({ type: 'mover', person: { personId: '1003', title: 'Director' } });
  expect(ended.state).toBe('done');
});
