import { Runtime } from '@temporalio/worker';
import { ConnectorError } from '../../connectors/contract/connector-error.js';
import { passwordWorkflowId } from '../../contracts/workflow-ids.js';
import type { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { eventually } from '../eventually.js';
import { type PasswordStand, type SeededPerson, startPasswordStand } from './password-stand.js';

const FIRST = 'Walrus-Teapot-Orbit-77';
const SECOND = 'Gravel-Kayak-Lantern-31';

jest.setTimeout(60_000);

describe('a chosen password', () => {
  let stand: PasswordStand;

  beforeAll(async () => {
    Runtime.install({ logger: { log() {}, trace() {}, debug() {}, info() {}, warn() {}, error() {} } });
    stand = await startPasswordStand();
  });
  afterAll(() => stand.stop());
  afterEach(() => {
    for (const directory of Object.values(stand.directories)) {
      directory.comeBack();
      directory.beforeSet = async () => {};
      directory.afterSet = async () => {};
      directory.calls.length = 0;
    }
  });

  const statusPage = async (answer: Response): Promise<string> => {
    expect(answer.status).toBe(303);
    const page = await fetch(stand.api.url + (answer.headers.get('location') ?? ''));
    expect(page.status).toBe(200);
    return page.text();
  };
  const rows = (person: SeededPerson) => stand.outcomes(person);
  const of = (list: OperationEntity[], directory: string) => list.filter((row) => row.application === directory);
  const outcome = async (person: SeededPerson, directory: string) => of(await rows(person), directory).at(-1)?.outcome;
  const envelopes = async (person: SeededPerson): Promise<number> => {
    const [row] = await stand.api.database.query(
      'SELECT count(*)::int AS count FROM password_envelope WHERE person_uuid = $1',
      [person.id],
    );
    return row.count;
  };

  it('reaches every directory, and the report and the page say so', async () => {
    const person = await stand.person();
    const answer = await stand.choose(await stand.mailedToken(person), FIRST);
    await eventually(async () => (await rows(person)).every((row) => row.outcome === 'succeeded'));
    expect(stand.directories.ad.passwords.get(person.anchor)).toBe(FIRST);
    expect(stand.directories.cloud.passwords.get(person.anchor)).toBe(FIRST);
    expect(await envelopes(person)).toBe(0);
    const list = await rows(person);
    expect(list.map((row) => row.application)).toEqual(['corp-ad', 'cloud']);
    for (const row of list) {
      expect(row).toMatchObject({ attempts: 1, actor: 'end user', reason: null });
      expect(row.runId).toMatch(/^[0-9a-f-]{36}$/);
      expect(row.finishedAt?.getTime()).toBeGreaterThanOrEqual(row.startedAt?.getTime() ?? Number.POSITIVE_INFINITY);
    }
    const page = await statusPage(answer);
    expect(page).toContain('<h1>Your password is set</h1>');
    expect(page).not.toContain('http-equiv="refresh"');
  });

  it('reaches a directory that is away when it is back, and is told as waiting until then', async () => {
    const person = await stand.person();
    stand.directories.cloud.goAway();
    const answer = await stand.choose(await stand.mailedToken(person), FIRST);
    await eventually(async () => (await outcome(person, 'cloud')) === 'waiting');
    await eventually(async () => (await outcome(person, 'corp-ad')) === 'succeeded');
    expect(of(await rows(person), 'cloud')[0]).toMatchObject({ reason: 'cloud does not answer.', finishedAt: null });
    const page = await statusPage(answer);
    expect(page).toContain('<h1>Almost done</h1>');
    expect(page).toContain('Cannot take it just now.');
    expect(page).toMatch(/http-equiv="refresh" content="10"/);
    stand.directories.cloud.comeBack();
    await eventually(async () => (await outcome(person, 'cloud')) === 'succeeded');
    expect(stand.directories.cloud.passwords.get(person.anchor)).toBe(FIRST);
    expect(of(await rows(person), 'cloud')[0]?.attempts).toBeGreaterThan(3);
    expect(await envelopes(person)).toBe(0);
  });

  it('is refused by a directory’s rules with the reason, and the link lets the person choose another', async () => {
    const person = await stand.person();
    const token = await stand.mailedToken(person);
    stand.directories.cloud.rules = { minLength: 20, complex: true, history: 3 };
    stand.directories.cloud.failure = new ConnectorError('invalid', 'It has to be 20 characters long.');
    const refused = await stand.choose(token, 'Walrus-Teapot-77');
    await eventually(async () => (await outcome(person, 'cloud')) === 'failed');
    await eventually(async () => (await outcome(person, 'corp-ad')) === 'succeeded');
    expect(of(await rows(person), 'cloud')[0]).toMatchObject({ reason: 'It has to be 20 characters long.' });
    const page = await statusPage(refused);
    expect(page).toContain('<h1>Choose another password</h1>');
    expect(page).toContain('It was refused: It has to be 20 characters long.');
    expect(page).toContain('Open the link in your mail once more');
    stand.directories.cloud.comeBack();
    await statusPage(await stand.choose(token, SECOND));
    await eventually(async () => (await outcome(person, 'cloud')) === 'succeeded');
    await eventually(async () => (await outcome(person, 'corp-ad')) === 'succeeded');
    expect(stand.directories.ad.passwords.get(person.anchor)).toBe(SECOND);
    expect(stand.directories.cloud.passwords.get(person.anchor)).toBe(SECOND);
  });

  it('that is wrong by what an operator can mend fails for the help desk, without telling the person why', async () => {
    const person = await stand.person();
    stand.directories.cloud.failure = new ConnectorError('forbidden', 'The app lacks the right User.ReadWrite.All.');
    const answer = await stand.choose(await stand.mailedToken(person), FIRST);
    await eventually(async () => (await outcome(person, 'cloud')) === 'failed');
    await eventually(async () => (await outcome(person, 'corp-ad')) === 'succeeded');
    const page = await statusPage(answer);
    expect(page).toContain('<h1>Not everything worked</h1>');
    expect(page).not.toContain('User.ReadWrite');
    expect(of(await rows(person), 'cloud')[0]?.reason).toContain('User.ReadWrite.All');
  });

  it('gives way to a newer one, which every directory ends up with', async () => {
    const person = await stand.person();
    const { cloud } = stand.directories;
    cloud.goAway();
    await stand.choose(await stand.mailedToken(person), FIRST);
    await eventually(async () => (await outcome(person, 'cloud')) === 'waiting');
    const token = await stand.mailedToken(person);
    cloud.comeBack();
    await stand.choose(token, SECOND);
    await eventually(async () => (await outcome(person, 'cloud')) === 'succeeded');
    await eventually(async () => (await outcome(person, 'corp-ad')) === 'succeeded');
    const list = of(await rows(person), 'cloud');
    expect(cloud.passwords.get(person.anchor)).toBe(SECOND);
    // The first may have got through in the moment between; then it really was set, and replaced.
    expect(['superseded', 'succeeded']).toContain(list[0]?.outcome);
    expect(list[1]?.outcome).toBe('succeeded');
    expect(stand.directories.ad.passwords.get(person.anchor)).toBe(SECOND);
  });

  it('waits for an earlier one that is just being set, so that the newer one stays', async () => {
    const person = await stand.person();
    const { cloud } = stand.directories;
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    let arrived = false;
    cloud.beforeSet = async () => {
      arrived = true;
      cloud.beforeSet = async () => {};
      await held;
    };
    await stand.choose(await stand.mailedToken(person), FIRST);
    await eventually(() => arrived);
    await stand.choose(await stand.mailedToken(person), SECOND);
    await eventually(async () => of(await rows(person), 'corp-ad').at(-1)?.outcome === 'succeeded');
    letGo();
    await eventually(async () => of(await rows(person), 'cloud').at(-1)?.outcome === 'succeeded');
    expect(cloud.passwords.get(person.anchor)).toBe(SECOND);
  });

  it('does not survive a leave that comes while it is being set', async () => {
    const person = await stand.person();
    const { cloud } = stand.directories;
    // What planning a leave does first; the leave's own scrambling has happened by then.
    cloud.afterSet = async () => {
      const { database } = stand.api;
      await database.query('DELETE FROM password_envelope WHERE person_uuid = $1', [person.id]);
      await database.query(`UPDATE person SET state = 'left', left_at = now() WHERE id = $1`, [person.id]);
    };
    await stand.choose(await stand.mailedToken(person), FIRST);
    await eventually(async () => (await outcome(person, 'cloud')) === 'superseded');
    expect(cloud.calls).toEqual(['set', 'scramble']);
    expect(cloud.passwords.get(person.anchor)).toMatch(/^scrambled /);
  });

  it('is never set for somebody who has left', async () => {
    const person = await stand.person();
    const { cloud } = stand.directories;
    cloud.goAway();
    const answer = await stand.choose(await stand.mailedToken(person), FIRST);
    await eventually(async () => (await outcome(person, 'cloud')) === 'waiting');
    await stand.api.database.query(`UPDATE person SET state = 'left', left_at = now() WHERE id = $1`, [person.id]);
    cloud.comeBack();
    await eventually(async () => (await outcome(person, 'cloud')) === 'superseded');
    // A try that had begun before the leave may have set it; then it was scrambled.
    expect(cloud.passwords.get(person.anchor)).not.toBe(FIRST);
    expect(await envelopes(person)).toBe(0);
    await statusPage(answer);
  });

  it('reaches an account that is still to be made', async () => {
    const person = await stand.person();
    const { database } = stand.api;
    await database.query(`DELETE FROM account WHERE person_uuid = $1 AND directory = 'cloud'`, [person.id]);
    await database.query(
      `INSERT INTO operation (id, person_uuid, end_user, end_user_search, application, kind, target, detail, actor, source, workflow_id, run_id)
       VALUES ('create-' || $1::text, $1::uuid, '{"personId":"x"}', 'x', 'cloud', 'create-account', '', '{}', 'hr', 'hr', 'w', 'r')`,
      [person.id],
    );
    await stand.choose(await stand.mailedToken(person), FIRST);
    await eventually(async () => (await outcome(person, 'cloud')) === 'waiting');
    expect(of(await rows(person), 'cloud')[0]?.reason).toContain('not there yet');
    await database.query(
      `INSERT INTO account (person_uuid, directory, anchor, name, state) VALUES ($1, 'cloud', $2, 'jane', 'active')`,
      [person.id, person.anchor],
    );
    await eventually(async () => (await outcome(person, 'cloud')) === 'succeeded');
    expect(stand.directories.cloud.passwords.get(person.anchor)).toBe(FIRST);
  });

  it('is set by a worker that was away when it was chosen', async () => {
    const person = await stand.person();
    const token = await stand.mailedToken(person);
    await stand.stopWorker();
    const answer = await stand.choose(token, FIRST);
    expect(await statusPage(answer)).toContain('<h1>Setting your password</h1>');
    await stand.startWorker();
    await eventually(async () => (await rows(person)).every((row) => row.outcome === 'succeeded'));
    expect(stand.directories.cloud.passwords.get(person.anchor)).toBe(FIRST);
  });

  it('is destroyed when the time is over, and the report says so', async () => {
    const person = await stand.person();
    stand.directories.cloud.goAway();
    await stand.choose(await stand.mailedToken(person), FIRST);
    await eventually(async () => (await outcome(person, 'cloud')) === 'waiting');
    const [first] = await rows(person);
    const request = (first?.detail as { request?: string } | undefined)?.request ?? '';
    // The same run again, with a time that is nearly over.
    await stand.client.workflow.getHandle(passwordWorkflowId(request)).terminate('the test');
    const late = of(await rows(person), 'cloud')[0];
    await stand.client.workflow.execute('password', {
      workflowId: passwordWorkflowId(`${request}-late`),
      taskQueue: 'tenure',
      args: [
        {
          person: person.id,
          request,
          expiresAt: new Date(Date.now() + 2_000).toISOString(),
          envelopes: [
            {
              id: (late?.detail as { envelopeId?: string } | undefined)?.envelopeId,
              directory: 'cloud',
              operationId: late?.id,
            },
          ],
        },
      ],
    });
    expect(of(await rows(person), 'cloud')[0]).toMatchObject({
      outcome: 'failed',
      reason: expect.stringMatching(
        /^It was tried until .*, then the sealed password was destroyed. cloud does not answer/,
      ),
    });
    expect(await envelopes(person)).toBe(0);
  });
});
