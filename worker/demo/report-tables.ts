import { OLGA } from './feed/people.js';
import { nameOf, type Roster } from './feed/roster.js';
import { columns } from './stage/text-width.js';
import type { ReportRow, TenureClient } from './witnesses/tenure-client.js';

/** The provisioning report as tables: how often what was done where, and every row of one person. */
export async function reportTables(tenure: TenureClient, roster: Roster): Promise<string[]> {
  const all = await tenure.report();
  const one = await tenure.report({ endUser: OLGA });
  return [
    `The provisioning report: ${all.length} operations`,
    '',
    ...summary(all),
    '',
    'Planned deletions come at the end of the grace period, in 30 days. A link to a manager who had no account yet was',
    'skipped, and made later.',
    '',
    `The same for one person, ${nameOf(roster.person(OLGA))}, who joined, left and came back`,
    '',
    ...details(one),
  ].map((line) => (line === '' ? '' : `  ${line}`));
}

/** Counts by application, operation and outcome. */
function summary(rows: ReportRow[]): string[] {
  const outcomes = [...new Set(rows.map(({ outcome }) => outcome))].sort();
  const counts = new Map<string, Map<string, number>>();
  for (const { application, operation, outcome } of rows) {
    const key = `${application}\n${operation}`;
    const of = counts.get(key) ?? new Map<string, number>();
    of.set(outcome, (of.get(outcome) ?? 0) + 1);
    counts.set(key, of);
  }
  const body = [...counts]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, of]) => [
      ...key.split('\n'),
      ...outcomes.map((outcome) => String(of.get(outcome) ?? '·').padStart(outcome.length)),
    ]);
  return columns([['application', 'operation', ...outcomes], ...body]);
}

function details(rows: ReportRow[]): string[] {
  const body = rows.map((row) => [
    (row.finishedAt ?? row.plannedAt).slice(11, 23),
    row.application,
    row.operation,
    row.outcome,
    String(row.attempts),
    row.target,
  ]);
  return columns([['at (UTC)', 'application', 'operation', 'outcome', 'attempts', 'target'], ...body]);
}
