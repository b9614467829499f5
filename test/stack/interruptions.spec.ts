import { Client, Connection } from '@temporalio/client';
import { eventually } from '../eventually';
import { AD, Corporation } from './corporation';
import { Tenure } from './tenure';

/* Events that come to nothing lose nothing of what was under way. */

jest.setTimeout(180_000);

let corporation: Corporation;
let tenure: Tenure;
let connection: Connection;
let temporal: Client;

beforeAll(async () => {
  corporation = await Corporation.start();
  tenure = await Tenure.start({
    directories: corporation.directories(),
    policy: corporation.policy().replace('rules:', 'rules:\n  - { name: Seniors, when: person.level > 2, grants: [] }'),
    smtpUrl: corporation.mail.url,
  });
  connection = await Connection.connect({ address: `127.0.0.1:${tenure.ports.temporal}` });
  temporal = new Client({ connection });
});
afterAll(async () => {
  await connection?.close();
  await tenure?.stop();
  await corporation?.stop();
});

const person = (personId: string) => ({
  personId,
  givenName: `Ida${personId}`,
  familyName: 'Brandt',
  department: 'Sales',
  level: 1,
  personalMail: `ida.${personId}@home.example`,
});

it('finishes a joiner whose directory was down when a mover was refused', async () => {
  await corporation.samba.kill();
  const joiner = await tenure.send({ type: 'joiner', person: person('5001') });
  await eventually(async () => (await tenure.report({ outcome: 'waiting', application: AD })).length > 0);
  const mover = await tenure.settle({ type: 'mover', person: { personId: '5001', level: 'many' } });
  expect(mover).toMatchObject({ state: 'failed', reason: expect.stringContaining('Seniors') });
  await corporation.samba.start();
  await corporation.connect();
  await tenure.ended([joiner.event.id], 120_000);
  expect(await corporation.adAccounts('5001')).toHaveLength(1);
  expect(await tenure.report({ endUser: '5001', outcome: 'planned,waiting' })).toEqual([]);
});

it('still deletes a leaver when the rehire that was to come is rescinded', async () => {
  await tenure.settle({ type: 'joiner', person: person('5002') });
  const { workflowId } = await tenure.send({ type: 'mover', person: { personId: '5002' } });
  const leaver = await tenure.settle({ type: 'leaver', person: { personId: '5002' } });
  expect(leaver.state).toBe('done');
  const effectiveAt = new Date(Date.now() + 2_000).toISOString();
  const { event } = await tenure.send({ type: 'rehire', effectiveAt, person: { personId: '5002' } });
  await tenure.request('DELETE', `/api/v1/events/${event.id}`);

  const run = temporal.workflow.getHandle(workflowId);
  const before = (await run.describe()).runId;
  await eventually(async () => {
    const { type, status, runId } = await run.describe();
    return type === 'leaver' && status.name === 'RUNNING' && runId !== before;
  });
  const deletions = () => tenure.report({ endUser: '5002', operation: 'delete-account' });
  await eventually(async () => (await deletions()).every((row) => row.outcome === 'planned'));
  expect(await deletions()).toHaveLength(2);
});
