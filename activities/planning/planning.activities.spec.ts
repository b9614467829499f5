import { AccountEntity } from '../../persistence/entities/account.entity.js';
import { PlanningStand, POLICY } from './planning-stand.harness.js';

jest.setTimeout(60_000);

let stand: PlanningStand;

beforeAll(async () => {
  stand = await PlanningStand.start();
});
afterAll(() => stand?.stop());
beforeEach(async () => {
  stand.directories = ['ad', 'entra'].map((name) => ({
    name,
    kind: name,
    can: { passwords: true, sessions: false, groups: true, managers: false, restore: true },
  }));
  await stand.policy(POLICY);
  await stand.newPerson();
});

const jane = { givenName: 'Jane', familyName: 'Doe', cloud: true };
const joined = async () => {
  const event = await stand.event('joiner', jane);
  const planned = await stand.plan(event);
  await stand.end(planned, 'succeeded', { event });
  return event;
};

describe('an event that an earlier run did not finish', () => {
  it('is planned once more, and its open rows go on under the new run', async () => {
    const event = await stand.event('joiner', jane);
    await stand.end(await stand.plan(event, 'run-1'), 'waiting');
    const again = await stand.plan(event, 'run-2', { resume: true });
    await stand.end(again, 'succeeded', { event });
    expect(await stand.report()).toEqual(['ad create-account succeeded', 'entra create-account succeeded']);
    expect((await stand.rows()).map((row) => row.runId)).toEqual(['run-2', 'run-2']);
    expect(await stand.row(event)).toMatchObject({ state: 'done', workflowRunId: 'run-2' });
  });

  it('leaves no row open that the new plan has no more, and reports again what is done again', async () => {
    await joined();
    const leave = await stand.event('leaver');
    await stand.end(await stand.plan(leave, 'run-1'), 'succeeded', { event: leave, state: 'disabled' });
    expect((await stand.rows()).filter((row) => row.outcome === 'planned').map((row) => row.kind)).toEqual([
      'delete-account',
      'delete-account',
    ]);
    const again = await stand.plan(leave, 'run-2', { resume: true });
    expect(again).toMatchObject({ outcome: 'planned', later: [{ lane: { directory: 'ad' } }, {}] });
    await stand.end(again, 'succeeded', { event: leave, state: 'disabled' });
    const disabled = (await stand.report()).filter((row) => row === 'ad disable-account succeeded');
    expect(disabled).toHaveLength(2);
    expect((await stand.rows()).filter((row) => row.outcome === 'planned')).toHaveLength(2);
  });

  it('is closed when it was finished, also for a signal that comes twice', async () => {
    const event = await joined();
    expect(await stand.plan(event, 'run-2')).toEqual({ outcome: 'closed' });
    expect(await stand.plan(event, 'run-2', { resume: true })).toEqual({ outcome: 'closed' });
  });

  it('fails with its rows when it cannot be planned any more', async () => {
    const event = await stand.event('joiner', jane);
    await stand.end(await stand.plan(event, 'run-1'), 'waiting');
    await stand.policy(POLICY.replace('when: person.cloud', 'when: person.nothing'));
    expect(await stand.plan(event, 'run-2', { resume: true })).toMatchObject({ outcome: 'refused' });
    expect(await stand.report()).toEqual(['ad create-account failed', 'entra create-account failed']);
  });
});

describe('a leave', () => {
  const BROKEN = 'version: 1\nrules: oops';

  it('is planned with the newest valid policy when the saved one is broken', async () => {
    await stand.policy(BROKEN);
    const leave = await stand.event('leaver');
    expect(await stand.plan(leave)).toMatchObject({ cut: true, lanes: [{ directory: 'ad' }, { directory: 'entra' }] });
    expect((await stand.row(leave)).reason).toContain('not valid any more');
  });

  it('cuts off known accounts when no policy is valid at all', async () => {
    await joined();
    await stand.database.query('DELETE FROM policy');
    await stand.policy(BROKEN);
    const leave = await stand.event('leaver');
    expect(await stand.plan(leave)).toMatchObject({ cut: true, lanes: [{ directory: 'ad' }, { directory: 'entra' }] });
    expect((await stand.row(leave)).reason).toContain('Only known accounts were cut off');
    await stand.database.query('DELETE FROM policy');
  });

  it('says that an account may be open whose directory is set up no more', async () => {
    await joined();
    stand.directories = stand.directories.filter(({ name }) => name === 'ad');
    const leave = await stand.event('leaver');
    await stand.plan(leave);
    const [failed] = (await stand.rows()).filter((row) => row.outcome === 'failed');
    expect(failed).toMatchObject({ application: 'entra', kind: 'disable-account' });
    expect(failed?.reason).toContain('may still be open');
  });

  it('looks again where an account was being made that nobody knows of', async () => {
    const joiner = await stand.event('joiner', jane);
    await stand.end(await stand.plan(joiner), 'waiting');
    const leave = await stand.event('leaver');
    const planned = await stand.plan(leave, 'run-2');
    const later = planned.outcome === 'planned' ? planned.later : [];
    expect(later.map(({ afterMs, lane }) => [lane.directory, afterMs, lane.operations[0]?.kind])).toEqual([
      ['ad', 10_000, 'disable-account'],
      ['ad', 900_000, 'disable-account'],
      ['entra', 10_000, 'disable-account'],
      ['entra', 900_000, 'disable-account'],
    ]);
    await stand.newPerson();
    expect(await stand.plan(await stand.event('leaver'))).toMatchObject({ later: [] });
  });

  it('makes a rehire void that it was to follow, whichever of the two is taken first', async () => {
    await joined();
    const [leave, rehire] = [await stand.event('leaver'), await stand.event('rehire')];
    const at = (event: string, accepted: string, effective: string) =>
      stand.database.query(
        `UPDATE lifecycle_event SET accepted_at = now() - $2::interval, effective_at = now() - $3::interval WHERE id = $1`,
        [event, accepted, effective],
      );
    await at(leave, '3 hours', '1 hour');
    await at(rehire, '2 hours', '90 minutes');
    await stand.plan(leave);
    expect((await stand.row(rehire)).state).toBe('superseded');
  });
});

describe('a retry', () => {
  const failedRows = async () => (await stand.rows()).filter((row) => row.outcome === 'failed').map((row) => row.id);

  it('says that the cause is still there', async () => {
    const event = await stand.event('joiner', { ...jane, familyName: null });
    await stand.end(await stand.plan(event), 'succeeded', { event });
    const [failed] = await failedRows();
    await stand.planRetry([failed as string], 'run-2');
    const [, , again] = await stand.rows();
    expect(again).toMatchObject({ application: 'entra', outcome: 'failed', retryOf: failed });
    expect(again?.reason).toContain('displayName');
  });

  it('fails visibly where the policy cannot be decided', async () => {
    const event = await stand.event('joiner', jane);
    await stand.end(await stand.plan(event), 'failed', { event });
    await stand.policy(POLICY.replace('when: person.cloud', 'when: person.nothing'));
    const failed = await failedRows();
    await stand.planRetry(failed, 'run-2');
    expect((await stand.rows()).slice(2).map((row) => [row.outcome, row.retryOf])).toEqual([
      ['failed', failed[0]],
      ['failed', failed[1]],
    ]);
  });

  it('deletes what could not be deleted', async () => {
    await joined();
    const mover = await stand.event('mover', { cloud: false });
    const planned = await stand.plan(mover);
    await stand.end(planned, 'succeeded', { event: mover, state: 'disabled' });
    const later = planned.outcome === 'planned' ? planned.later.map(({ lane }) => lane) : [];
    await stand.end({ cut: false, lanes: later, mail: [], later: [], deferred: [] }, 'failed', { state: 'disabled' });
    const failed = await failedRows();
    const { lanes } = await stand.planRetry(failed, 'run-2');
    expect(lanes.flatMap((lane) => lane.operations.map(({ kind }) => kind))).toEqual(['delete-account']);
  });

  it('plans a directory that builds on another in a second wave', async () => {
    await stand.policy(
      POLICY.replace('person.familyName', `'accounts["ad"].displayName'`).replace(
        '  entra:\n    correlate',
        '  entra:\n    after: [ad]\n    correlate',
      ),
    );
    const event = await stand.event('joiner', jane);
    await stand.end(await stand.plan(event), 'failed');
    await stand.plan(event, 'run-1', { only: ['entra'] });
    const failed = await failedRows();
    const first = await stand.planRetry(failed, 'run-2');
    expect(first).toMatchObject({ lanes: [{ directory: 'ad' }], deferred: ['entra'] });
    expect((await stand.report()).filter((row) => row.endsWith('unchanged'))).toEqual([]);
  });
});

describe('recordOutcomes', () => {
  it('takes an account over that the directory now says is another person’s', async () => {
    await joined();
    const old = { person: stand.person, anchor: `anchor-${stand.person}` };
    await stand.newPerson();
    const event = await stand.event('joiner', jane);
    await stand.end(await stand.plan(event), 'succeeded', { event, anchor: old.anchor });
    const accounts = await stand.database.manager.findBy(AccountEntity, { anchor: old.anchor });
    expect(accounts.map((account) => account.personUuid)).toEqual([stand.person, stand.person]);
  });

  it('writes down what no text of the database may hold', async () => {
    const event = await stand.event('joiner', jane);
    const planned = await stand.plan(event);
    const [operation] = planned.outcome === 'planned' ? planned.lanes.flatMap((lane) => lane.operations) : [];
    const now = new Date().toISOString();
    const reason = 'half a \ud83d and a \0';
    const result = { operationId: operation?.id ?? '', outcome: 'failed' as const, reason, attempts: 1 };
    const results = [{ ...result, startedAt: now, finishedAt: now }];
    await stand.outcomes.recordOutcomes({ person: stand.person, results, accounts: [], finished: false });
    expect((await stand.rows())[0]?.reason).toBe('half a \ufffd and a \ufffd');
  });

  it('learns that an account is gone, so that a retry makes another', async () => {
    await joined();
    const mover = await stand.event('mover', { givenName: 'Janet' });
    await stand.end(await stand.plan(mover), 'failed', { event: mover, state: 'deleted' });
    const failed = (await stand.rows()).filter((row) => row.outcome === 'failed').map((row) => row.id);
    const { lanes } = await stand.planRetry(failed, 'run-2');
    expect(lanes[0]?.operations[0]?.kind).toBe('restore-account');
  });
});

describe('an activation mail that had no address', () => {
  it('is sent when a mover brings one, and is not failed again by one that does not', async () => {
    await stand.policy(POLICY.slice(0, POLICY.indexOf('mail:')));
    await joined();
    await stand.plan(await stand.event('mover', { title: 'Engineer' }), 'run-2');
    expect((await stand.report()).filter((row) => row.startsWith('mail'))).toEqual([
      'mail send-activation-mail failed',
    ]);
    const mover = await stand.event('mover', { personalMail: 'jane@home.example' });
    expect(await stand.plan(mover, 'run-3')).toMatchObject({ mail: [{ to: 'jane@home.example' }] });
  });
});

it('refuses an event whose plan Temporal would not take', async () => {
  const givenName = Array.from({ length: 100 }, (_, index) => `${index}`.padEnd(10_000, 'x'));
  const event = await stand.event('joiner', { ...jane, givenName });
  expect(await stand.plan(event)).toMatchObject({ outcome: 'refused', reason: expect.stringContaining('too large') });
});
