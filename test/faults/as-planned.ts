import { Client } from 'pg';
import { eventually } from '../eventually';
import { AD, type Corporation, ENTRA } from '../stack/corporation';
import type { ReportRow, Tenure } from '../stack/tenure';
import type { HrFeed, Joiner } from './hr-feed';

/*
 * What has to be true of joiners after whatever went wrong, as the directories, the mail server and the report say it.
 */

const OPEN = new Set(['planned', 'waiting']);

/** Waits until every event has come to its end and no row of the report is open but for those behind a grace period. */
export async function allSettled(tenure: Tenure, withinMs = 60_000): Promise<void> {
  await eventually(
    async () => {
      try {
        const events = await openEvents(tenure);
        return events === 0 && (await tenure.report()).every((row) => !isOpen(row));
      } catch {
        return false; // a part of the service is on its way back
      }
    },
    { withinMs, what: 'every event has ended and no row of the report is open' },
  );
}

/** Checks that the report says of every joiner what was planned for them, each operation done once, and nothing else. */
export async function expectReportComplete(tenure: Tenure, people: Joiner[]): Promise<void> {
  const report = await tenure.report();
  for (const person of people) {
    const rows = report.filter((row) => (row.endUser as { personId: string }).personId === person.personId);
    expect(summary(rows)).toEqual(plannedFor(person));
  }
}

/** Checks that every accepted event was done, and that HR got one event for one id however often it sent it. */
export async function expectNoEventLost(tenure: Tenure, feed: HrFeed): Promise<void> {
  const ids = [...feed.accepted.values()];
  expect(new Set(ids).size).toBe(ids.length);
  const states = await Promise.all(ids.map(async (id) => (await tenure.event(id)).state));
  expect(states.filter((state) => state !== 'done')).toEqual([]);
}

/**
 * Checks that everybody got their activation mail, and one only. A mail whose sender could not know whether it was taken
 * is sent again as it was: then it comes twice with one Message-ID, by which receivers know it.
 * @param repetitions how many such mails there may be
 */
export function expectOneMailEach(corporation: Corporation, people: Joiner[], repetitions = 0): void {
  const mails = corporation.mail.messages();
  for (const { personId, personalMail } of people) {
    const own = mails.filter((mail) => mail.to.includes(personalMail));
    const different = new Set(own.map((mail) => `${mail.messageId} ${/token=[\w-]+/.exec(mail.text)}`));
    expect([personId, different.size]).toEqual([personId, 1]);
  }
  expect(new Set(mails.map((mail) => mail.messageId)).size).toBe(people.length);
  expect(mails.length - people.length).toBeLessThanOrEqual(repetitions);
}

/**
 * Checks the accounts of joiners in both directories, attribute by attribute that the policy gives.
 * @param others how many other people have an account; nobody may have two
 */
export async function expectAccounts(corporation: Corporation, people: Joiner[], others = 0): Promise<void> {
  await corporation.connect();
  const boss = people[0]?.personId ?? '';
  const [bossInAd] = await corporation.adAccounts(boss);
  const [bossInEntra] = corporation.entraAccounts(boss);
  for (const person of people) {
    const { personId, department, manager } = person;
    const sales = department === 'Sales';
    const groups = sales ? ['All Staff', 'Sales'] : ['All Staff'];
    const inAd = await corporation.adAccounts(personId);
    expect(inAd.map((one) => [one.employeeID, one.userAccountControl, one.department])).toEqual([
      [personId, '512', department],
    ]);
    const [account] = inAd;
    expect(String(account?.dn).includes('OU=Sales,OU=People')).toBe(sales);
    expect(groupNames(account?.memberOf)).toEqual(groups);
    expect(account?.manager).toBe(manager && bossInAd?.dn);
    const inEntra = corporation.entraAccounts(personId);
    expect(inEntra.map((one) => [one.employeeId, one.accountEnabled, one.department, one.groups])).toEqual([
      [personId, true, department, groups],
    ]);
    const { managerId } = corporation.graph.admin.user(String(inEntra[0]?.id)) ?? {};
    expect(managerId).toBe(manager && bossInEntra?.id);
  }
  expect(await corporation.adAccounts('*')).toHaveLength(people.length + others);
  expect(corporation.graph.admin.users()).toHaveLength(people.length + others);
  expect(corporation.graph.admin.deletedUsers()).toEqual([]);
}

function groupNames(memberOf: unknown): string[] {
  return [memberOf ?? []]
    .flat()
    .map((dn) => /^CN=([^,]+)/.exec(String(dn))?.[1] ?? '')
    .sort();
}

/** What the report should say was done for a joiner, once each. */
function plannedFor({ department, manager }: Joiner): string[] {
  const perDirectory = ['create-account', 'add-membership All Staff'];
  if (department === 'Sales') perDirectory.push('add-membership Sales');
  if (manager) perDirectory.push('set-manager');
  const inDirectories = [AD, ENTRA].flatMap((name) => perDirectory.map((operation) => `${name} ${operation}`));
  return [...inDirectories, 'mail send-activation-mail'].sort();
}

/**
 * What a person's final rows come to: everything that ended well, once. A create or a mail that ended well twice shows
 * as two; a membership or a manager that was planned again and found as intended counts as the one that it confirms.
 */
function summary(rows: ReportRow[]): string[] {
  const done = rows.filter((row) => row.outcome === 'succeeded').map((row) => nameOf(row));
  const confirmed = rows.filter((row) => row.outcome === 'unchanged').map((row) => nameOf(row));
  // A link to a manager who has no account yet is skipped, and made by an event of Tenure's own when there is one.
  const tooEarly = (row: ReportRow) => row.outcome === 'skipped' && row.operation === 'set-manager';
  const rest = rows.filter((row) => !['succeeded', 'unchanged', 'superseded'].includes(row.outcome) && !tooEarly(row));
  expect(rest).toEqual([]);
  return [...done, ...confirmed.filter((name) => !done.includes(name))].sort();
}

function nameOf({ application, operation, target }: ReportRow): string {
  const group = /^(?:CN=)?([^,]+)/.exec(String(target))?.[1];
  return operation === 'add-membership' ? `${application} ${operation} ${group}` : `${application} ${operation}`;
}

function isOpen(row: ReportRow): boolean {
  return OPEN.has(row.outcome) && !row.reason?.startsWith('Planned for ');
}

/** Events of HR and Tenure's own; none of them may be forgotten. */
async function openEvents(tenure: Tenure): Promise<number> {
  const client = new Client({ connectionString: tenure.databaseUrl() });
  try {
    await client.connect();
    const { rows } = await client.query(
      "SELECT count(*)::int AS open FROM lifecycle_event WHERE state IN ('accepted', 'taken')",
    );
    return rows[0].open;
  } finally {
    await client.end();
  }
}
