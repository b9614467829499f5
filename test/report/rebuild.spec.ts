import { Client, Connection } from '@temporalio/client';
import { ensureKeyring } from '../../contracts/keyring';
import { createDataConverter } from '../../contracts/payload-codec';
import { eventually } from '../eventually';
import { AD, Corporation, ENTRA } from '../stack/corporation';
import { type ReportRow, Tenure } from '../stack/tenure';
import { historyMoments } from './history-moments';
import { type RebuiltRow, rebuildReport } from './rebuilt-report';

/*
 * The report stands in the database; the histories of Temporal were written by somebody else, while it happened. What
 * the one says has to follow from the other. Compared are, for every operation: application, kind, target, outcome,
 * reason, attempts, before and after, workflow and run, and when an activity ended it.
 *
 * Not compared is what only the database knows: who caused it and how people call the person (they stand in the event,
 * not in the run), when it was planned, and when a newer plan took its place. Operations that fail in planning itself,
 * for a mapping that gives nothing, never reach a run.
 */

jest.setTimeout(240_000);

let corporation: Corporation;
let tenure: Tenure;
let connection: Connection;
let client: Client;

const person = (personId: string, more: Record<string, unknown> = {}) => ({
  personId,
  givenName: 'Jo',
  familyName: `Doe ${personId}`,
  department: 'IT',
  personalMail: `${personId}@home.example`,
  ...more,
});

beforeAll(async () => {
  corporation = await Corporation.start();
  tenure = await Tenure.start({
    directories: corporation.directories(),
    policy: corporation.policy(),
    smtpUrl: corporation.mail.url,
  });
  connection = await Connection.connect({ address: `127.0.0.1:${tenure.ports.temporal}` });
  client = new Client({ connection, dataConverter: createDataConverter(ensureKeyring(tenure.home, {}).payload) });
  await play();
  await eventually(async () => (await tenure.report()).every((row) => !isOpen(row)), { withinMs: 60_000 });
});
afterAll(async () => {
  await connection?.close();
  await tenure?.stop();
  await corporation?.stop();
});

const isOpen = ({ outcome, reason }: ReportRow) =>
  outcome === 'waiting' || (outcome === 'planned' && !reason?.startsWith('Planned for '));

/** Everything that makes rows of its own kind. */
async function play(): Promise<void> {
  await tenure.settle({ type: 'joiner', person: person('early', { manager: 'boss' }) });
  await tenure.settle({ type: 'joiner', person: person('boss', { department: 'Sales' }) });
  const { event, person: mover } = await tenure.send({ type: 'joiner', person: person('mover') });
  await tenure.ended([event.id]);
  await tenure.settle({ type: 'mover', person: { personId: 'mover', department: 'Sales', title: 'Clerk' } });
  await tenure.settle({ type: 'joiner', person: person('leaver') });
  await tenure.settle({ type: 'leaver', urgent: true, person: { personId: 'leaver' } });
  await tenure.settle({ type: 'joiner', person: person('back') });
  await tenure.settle({ type: 'leaver', person: { personId: 'back' } });
  await tenure.settle({ type: 'rehire', person: { personId: 'back', department: 'Sales' } });
  await failAndRetry();
  await choosePassword(mover.id);
  await waitForDirectories();
}

async function failAndRetry(): Promise<void> {
  const broken = corporation.policy().replace("groups: ['Sales']", "groups: ['Sales', 'Crew']");
  await tenure.request('PUT', '/api/v1/policies', broken, 'application/yaml');
  await tenure.settle({ type: 'joiner', person: person('unlucky', { department: 'Sales' }) });
  const [failed] = await tenure.report({ endUser: 'unlucky', outcome: 'failed' });
  corporation.graph.admin.createGroup('Crew');
  await tenure.json('POST', `/api/v1/operations/${encodeURIComponent(failed?.id ?? '')}/retry`);
  await eventually(async () => {
    const rows = await tenure.report({ endUser: 'unlucky', operation: 'add-membership', outcome: 'succeeded' });
    return rows.some(({ target }) => target === 'Crew');
  });
}

/** @param mover Tenure's id of somebody with accounts */
async function choosePassword(mover: string): Promise<void> {
  const mail = await corporation.mail.waitFor(({ to }) => to.includes('mover@home.example'));
  const token = /token=([\w-]+)/.exec(mail.text)?.[1] ?? '';
  const password = 'Velvet-Anchor-Meadow-52';
  const answer = await fetch(`${tenure.url}/activate`, {
    method: 'POST',
    redirect: 'manual',
    body: new URLSearchParams({ token, password, confirmation: password }),
  });
  expect(answer.status).toBe(303);
  await tenure.json('POST', `/api/v1/people/${mover}/password-reset`);
}

/** Both directories are away for longer than a run's first patience, and the mail server too. */
async function waitForDirectories(): Promise<void> {
  await corporation.samba.kill();
  corporation.mail.refuse(451);
  await corporation.graph.faults.set({ outage: '503' });
  await tenure.send({ type: 'joiner', person: person('patient', { manager: 'boss' }) });
  await tenure.send({ type: 'joiner', person: person('changed') });
  await tenure.send({ type: 'joiner', person: person('brief') });
  await tenure.send({ type: 'leaver', person: { personId: 'mover' } });
  const waiting = async (endUser: string, application: string) =>
    (await tenure.report({ endUser, application, outcome: 'waiting' })).length > 0;
  for (const endUser of ['patient', 'changed', 'brief', 'mover']) {
    for (const application of [AD, ENTRA]) await eventually(() => waiting(endUser, application), { withinMs: 30_000 });
  }
  await tenure.send({ type: 'mover', person: { personId: 'changed', title: 'Head' } });
  await tenure.send({ type: 'leaver', person: { personId: 'brief' } });
  await eventually(async () => (await tenure.report({ endUser: 'changed', outcome: 'superseded' })).length > 0);
  await corporation.graph.faults.clear();
  await eventually(() => waiting('patient', 'mail'), { withinMs: 30_000 });
  await corporation.samba.start();
  corporation.mail.refuse(undefined);
}

/** The same members of a row of the report. */
function comparable(row: ReportRow, rebuilt: RebuiltRow | undefined): RebuiltRow {
  const { id, application, operation, outcome, attempts, before, after, workflowId, runId } =
    row as unknown as RebuiltRow;
  // The time in "Planned for …" is the database's.
  const reason = row.reason?.replace(/^Planned for .*/, 'Planned for …') ?? null;
  const rest = { ...(rebuilt?.target && { target: String(row.target) }) };
  const ended = { ...(rebuilt?.finishedAt && { finishedAt: String(row.finishedAt) }) };
  return { id, application, operation, outcome, reason, attempts, before, after, workflowId, runId, ...rest, ...ended };
}

it('says what follows from the histories, row by row, and not a row more or less', async () => {
  const report = await tenure.report();
  const rebuilt = rebuildReport(await historyMoments(client));
  expect(report.map(({ id }) => id).sort()).toEqual([...rebuilt.keys()].sort());
  for (const row of report) {
    const fromHistory = rebuilt.get(row.id);
    expect(comparable(row, fromHistory)).toEqual(fromHistory);
  }
});

it('and the feed had rows of every outcome and kind', async () => {
  const report = await tenure.report();
  const outcomes = new Set(report.map(({ outcome }) => outcome));
  expect([...outcomes].sort()).toEqual(['failed', 'planned', 'skipped', 'succeeded', 'superseded', 'unchanged']);
  const kinds = new Set(report.map(({ operation }) => operation));
  for (const kind of ['set-password', 'send-reset-mail', 'enable-account', 'scramble-password', 'revoke-sessions']) {
    expect(kinds).toContain(kind);
  }
});
