import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually } from '../eventually';
import { Corporation } from '../stack/corporation';
import { Tenure } from '../stack/tenure';
import { allSettled, expectAccounts, expectNoEventLost, expectOneMailEach, expectReportComplete } from './as-planned';
import { HrFeed, joiners } from './hr-feed';

jest.setTimeout(240_000);

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

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: tenure.databaseUrl() });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

it('does events that Temporal had, and lost with all its state before a run took them', async () => {
  const feed = new HrFeed(tenure, 'hr');
  const people = joiners('lost', 10);
  // A worker that hangs: Temporal takes the events, and no run comes to plan them.
  process.kill(tenure.pid('Worker'), 'SIGSTOP');
  await feed.sendJoiners(people, 5);
  const handedOver = 'SELECT 1 FROM lifecycle_event WHERE handed_over_at IS NOT NULL';
  await eventually(async () => (await query(handedOver)).length === people.length);
  // As if it had been so for a while: what was handed over a moment ago is left to its run.
  await query(`UPDATE lifecycle_event SET accepted_at = accepted_at - interval '2 minutes',
    effective_at = effective_at - interval '2 minutes', handed_over_at = handed_over_at - interval '2 minutes'`);
  const worker = tenure.pid('Worker');
  await tenure.restart(() => {
    for (const name of readdirSync(tenure.home)) {
      if (name.startsWith('temporal.db')) rmSync(join(tenure.home, name));
    }
  });
  expect(tenure.pid('Worker')).not.toBe(worker);
  await allSettled(tenure);
  await expectNoEventLost(tenure, feed);
  await expectAccounts(corporation, people);
  await expectReportComplete(tenure, people);
  expectOneMailEach(corporation, people);
});
