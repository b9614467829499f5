import { randomBytes, randomUUID } from 'node:crypto';
import type { PasswordRules } from '../../domain/password/password-rules.js';
import type { Attributes } from '../../domain/person/attributes.js';
import { AccountEntity } from '../../persistence/entities/account.entity.js';
import { ActivationEntity } from '../../persistence/entities/activation.entity.js';
import { DirectoryEntity, type DirectoryPasswords } from '../../persistence/entities/directory.entity.js';
import { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { PersonEntity } from '../../persistence/entities/person.entity.js';
import { eventually } from '../../test/eventually.js';
import { startTestApi, type TestApi } from '../../test/servers/api.js';
import { secretHash } from './status-key.js';

const GOOD = 'Walrus-Teapot-Orbit-77';
const RULES: PasswordRules = { minLength: 10, complex: true, history: 24 };

jest.setTimeout(60_000);

interface Invited {
  person: string;
  token: string;
  userName: string;
}

describe('the activation pages', () => {
  let api: TestApi;

  beforeAll(async () => {
    api = await startTestApi({ publicUrl: 'https://id.example.org/tenure/' });
  });
  afterAll(() => api.stop());
  beforeEach(async () => {
    await api.database.query('DELETE FROM directory');
    await directory('corp-ad', { settable: true, rules: RULES });
    await directory('cloud', { settable: true, rules: { ...RULES, minLength: 12, maxLength: 100 } });
    await directory('wiki', { settable: false });
  });

  const directory = (name: string, passwords: DirectoryPasswords | null) =>
    api.database.manager.insert(DirectoryEntity, { name, kind: 'test', position: 0, passwords: passwords as object });

  /** Somebody with accounts, and a link. */
  async function invite(link: Partial<ActivationEntity> = {}, attributes: Attributes = {}): Promise<Invited> {
    const { manager } = api.database;
    const [person, token] = [randomUUID(), randomBytes(32).toString('base64url')];
    const userName = `jane.${person.slice(0, 8)}`;
    await manager.insert(PersonEntity, {
      id: person,
      personId: `hr-${person}`,
      state: 'active',
      displayName: 'Jane Doe',
      attributes: { givenName: 'Jane', familyName: 'Doe', personalMail: `${userName}@home.example`, ...attributes },
    });
    for (const name of ['corp-ad', 'cloud', 'wiki']) {
      await manager.insert(AccountEntity, {
        personUuid: person,
        directory: name,
        anchor: person,
        name: userName,
        state: 'active',
        attributes: { sAMAccountName: userName, userPrincipalName: `${userName}@corp.example` },
      });
    }
    await manager.insert(ActivationEntity, {
      tokenHash: secretHash(token),
      personUuid: person,
      purpose: 'activation',
      operationId: `mail-${person}`,
      expiresAt: new Date(Date.now() + 60_000),
      ...(link as object),
    });
    return { person, token, userName };
  }

  const open = (token: string) => fetch(`${api.url}/activate?token=${encodeURIComponent(token)}`);
  const post = (path: string, fields: Record<string, string> | [string, string][]) =>
    fetch(api.url + path, { method: 'POST', redirect: 'manual', body: new URLSearchParams(fields) });
  const choose = (token: string, password = GOOD, confirmation = password) =>
    post('/activate', { token, password, confirmation });
  const chosen = (person: string) =>
    api.database.manager.find(OperationEntity, {
      where: { personUuid: person, kind: 'set-password' },
      order: { position: 'ASC' },
    });
  const resets = (person: string) =>
    api.database.manager.findBy(OperationEntity, { personUuid: person, kind: 'send-reset-mail' });
  /** The page that a redirect leads to; the proxy in front takes its prefix away. */
  const follow = (answer: Response) => fetch(api.url + (answer.headers.get('location') ?? '').replace(/^\/tenure/, ''));

  it('shows the strictest rules of the person’s directories, and a form that needs no script', async () => {
    const { token, userName } = await invite();
    const answer = await open(token);
    const page = await answer.text();
    expect(answer.status).toBe(200);
    expect(page).toContain('<h1>Choose your password</h1>');
    expect(page).toContain('Hello Jane. One password, for cloud and corp-ad.');
    expect(page).toContain('Use at least 12 characters.');
    expect(page).toContain('Use at most 100 characters.');
    expect(page).toContain('Do not use one of your last 24 passwords again.');
    expect(page).toContain('action="/tenure/activate"');
    expect(page).toContain(`autocomplete="username" value="${userName}@corp.example"`);
    expect(page.match(/autocomplete="new-password"/g)).toHaveLength(2);
    expect(page).not.toMatch(/<script|https?:\/\/|@import|url\(/);
  });

  it('says with every answer that it is for this browser alone', async () => {
    const { token } = await invite();
    const answers = [
      await open(token),
      await open('x'),
      await fetch(`${api.url}/activate/status`),
      await choose(token),
    ];
    for (const { headers } of answers) {
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; style-src 'sha256-[\w+/=]+'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
      );
    }
  });

  it('does not use a link up by looking at it', async () => {
    const { token } = await invite();
    await open(token);
    await fetch(`${api.url}/activate?token=${token}`, { method: 'HEAD' });
    expect((await open(token)).status).toBe(200);
  });

  it('takes a password, seals it for each directory and leads to how it goes', async () => {
    const { person, token, userName } = await invite();
    const answer = await choose(token);
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toMatch(/^\/tenure\/activate\/status\?key=[\w-]{43}$/);
    const rows = await chosen(person);
    expect(rows.map((row) => [row.application, row.outcome, row.target, row.actor])).toEqual([
      ['cloud', 'planned', userName, 'end user'],
      ['corp-ad', 'planned', userName, 'end user'],
    ]);
    const page = await (await follow(answer)).text();
    expect(page).toContain('<h1>Setting your password</h1>');
    expect(page).toContain('http-equiv="refresh" content="2"');
    const envelopes = await api.database.query('SELECT * FROM password_envelope WHERE person_uuid = $1', [person]);
    expect(envelopes).toHaveLength(2);
    expect(JSON.stringify(envelopes)).not.toContain(GOOD);
  });

  it('tells Temporal, whose run carries ids and no password', async () => {
    const { person, token } = await invite();
    await choose(token);
    await eventually(async () => (await chosen(person)).every((row) => row.runId !== ''));
    const [row] = await chosen(person);
    expect(row?.workflowId).toMatch(/^password\/[0-9a-f-]{36}$/);
  });

  it('remembers a password that was chosen while Temporal was away', async () => {
    const { person, token } = await invite();
    await api.temporal.kill();
    expect((await choose(token)).status).toBe(303);
    expect((await chosen(person)).every((row) => row.runId === '')).toBe(true);
    await api.temporal.start();
    await eventually(async () => (await chosen(person)).every((row) => row.runId !== ''));
  });

  it.each([
    ['too short', 'Aa1!Aa1!', 'Use at least 12 characters.'],
    ['of one kind', 'walrusteapotorbit', 'Use three of these'],
    ['with the name', 'Walrus-Jane-Orbit-77', 'Leave out your name'],
    ['easy to guess', 'Password12345', 'It is too easy to guess.'],
    ['too long', `Aa1-${'walrus '.repeat(20)}`, 'Use at most 100 characters.'],
    ['empty', '', 'Use at least 12 characters.'],
    ['with a tab', 'Walrus\tTeapot-Orbit-77', 'Use signs that can be typed'],
  ])('says what is wrong with a password that is %s, and keeps the link', async (_, password, problem) => {
    const { person, token } = await invite();
    const answer = await choose(token, password);
    const page = await answer.text();
    expect(answer.status).toBe(422);
    expect(page).toContain('role="alert"');
    expect(page).toContain(problem);
    if (password) expect(page).not.toContain(password);
    expect(await chosen(person)).toEqual([]);
    expect((await choose(token)).status).toBe(303);
  });

  it('says that the two fields differ', async () => {
    const { token } = await invite();
    const answer = await choose(token, GOOD, `${GOOD} `);
    expect(answer.status).toBe(422);
    expect(await answer.text()).toContain('The two fields differ');
  });

  it('lets a link be used once, though ten come at the same time, and leads all of them to the same page', async () => {
    const { person, token } = await invite();
    const answers = await Promise.all(Array.from({ length: 10 }, () => choose(token)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(303));
    expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(1);
    expect(await chosen(person)).toHaveLength(2);
  });

  it('shows where a used link led to, and takes no other password with it later', async () => {
    const { person, token } = await invite();
    await choose(token);
    await api.database.query(
      `UPDATE password_request SET created_at = now() - interval '5 minutes' WHERE person_uuid = $1`,
      [person],
    );
    const later = await choose(token, 'Gravel-Kayak-Lantern-31');
    expect(later.status).toBe(410);
    const page = await later.text();
    expect(page).toContain('<h1>This link has been used</h1>');
    expect(page).toContain('href="/tenure/activate/request"');
    const [, status = ''] = /href="\/tenure(\/activate\/status\?key=[\w-]{43})"/.exec(page) ?? [];
    expect((await fetch(api.url + status)).status).toBe(200);
    expect(await chosen(person)).toHaveLength(2);
  });

  it('makes the other links of a person void with the use of one', async () => {
    const { person, token } = await invite();
    const other = randomBytes(32).toString('base64url');
    await api.database.manager.insert(ActivationEntity, {
      tokenHash: secretHash(other),
      personUuid: person,
      purpose: 'reset',
      operationId: `other-${person}`,
      expiresAt: new Date(Date.now() + 60_000),
    });
    expect(await (await open(other)).text()).toContain('<h1>Choose a new password</h1>');
    await choose(token);
    expect((await open(other)).status).toBe(410);
    expect((await choose(other)).status).toBe(410);
  });

  it.each(['', 'x', 'A'.repeat(43), '../../etc/passwd', '😀'.repeat(20), "' OR 1=1 --"])(
    'knows nothing of the token %j',
    async (token) => {
      for (const answer of [await open(token), await choose(token)]) {
        expect(answer.status).toBe(404);
        expect(await answer.text()).toContain('<h1>This link does not work</h1>');
      }
    },
  );

  it('takes nothing for a token that comes twice or as a list', async () => {
    const { token } = await invite();
    expect((await fetch(`${api.url}/activate?token=${token}&token=${token}`)).status).toBe(404);
    expect((await fetch(`${api.url}/activate?token[]=${token}`)).status).toBe(404);
    const twice = await post('/activate', [
      ['token', token],
      ['token', token],
      ['password', GOOD],
    ]);
    expect(twice.status).toBe(404);
  });

  it('refuses a link that is too old, and says where to get a new one', async () => {
    const { person, token } = await invite({ expiresAt: new Date(Date.now() - 1) });
    const answer = await open(token);
    expect(answer.status).toBe(410);
    expect(await answer.text()).toContain('href="/tenure/activate/request"');
    expect((await choose(token)).status).toBe(410);
    expect(await chosen(person)).toEqual([]);
  });

  it('knows nothing of the link of somebody who has left', async () => {
    const { person, token } = await invite();
    await api.database.query(`UPDATE person SET state = 'left' WHERE id = $1`, [person]);
    expect((await open(token)).status).toBe(404);
    expect((await choose(token)).status).toBe(404);
  });

  it('asks for more where a directory has not said what it demands', async () => {
    await api.database.query('UPDATE directory SET passwords = NULL');
    const { token } = await invite();
    expect(await (await open(token)).text()).toContain('Use at least 12 characters.');
  });

  it('keeps the link of somebody whose accounts are not there yet', async () => {
    const { person, token } = await invite();
    await api.database.query('DELETE FROM account WHERE person_uuid = $1', [person]);
    const answer = await open(token);
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain('Your account is not ready yet');
    expect((await choose(token)).status).toBe(409);
  });

  it('shows hostile names as text', async () => {
    const { token } = await invite({}, { givenName: `<img src=x onerror=alert(1)>"'` });
    const page = await (await open(token)).text();
    expect(page).toContain('Hello &#60;img src=x onerror=alert(1)&#62;&#34;&#39;.');
    expect(page).not.toContain('<img');
  });

  it('answers alike whether there is such a user or not, and sends a mail only to one that is there', async () => {
    const { person, userName } = await invite();
    const there = await post('/activate/request', { username: ` ${userName.toUpperCase()}@CORP.example ` });
    const absent = await post('/activate/request', { username: 'nobody' });
    expect([there.status, absent.status]).toEqual([202, 202]);
    expect(await there.text()).toBe(await absent.text());
    await eventually(async () => (await resets(person)).length === 1);
    const [row] = await resets(person);
    expect(row).toMatchObject({
      target: `${userName}@home.example`,
      actor: 'end user',
      workflowId: `password-mail/${row?.id}`,
    });
    await eventually(async () => (await resets(person))[0]?.runId !== '');
  });

  it('sends one person no second mail within minutes, however often strangers ask', async () => {
    const { person, userName } = await invite();
    for (let times = 0; times < 3; times++) await post('/activate/request', { username: userName });
    await eventually(async () => api.log().split('"outcome":"too-soon"').length > 2);
    expect(await resets(person)).toHaveLength(1);
  });

  it('sends a reset mail for the administrator, and says why not', async () => {
    const ask = (id: string) => api.fetch(`/api/v1/people/${id}/password-reset`, { method: 'POST' });
    const { person } = await invite();
    const answer = await ask(`hr-${person}`);
    expect(answer.status).toBe(202);
    const [row] = await resets(person);
    expect(await answer.json()).toEqual({
      operationId: row?.id,
      workflowId: `password-mail/${row?.id}`,
      links: { person: `/api/v1/people/${person}` },
    });
    expect(row?.actor).toBe('admin');
    expect((await ask('nobody')).status).toBe(404);
    const homeless = await invite({}, { personalMail: null });
    const refused = await ask(homeless.person);
    expect(refused.status).toBe(409);
    expect(((await refused.json()) as { detail: string }).detail).toContain('personalMail');
    const anonymous = await fetch(`${api.url}/api/v1/people/${person}/password-reset`, { method: 'POST' });
    expect(anonymous.status).toBe(401);
  });

  it('puts no token into the log', async () => {
    const { token } = await invite();
    await open(token);
    const answer = await choose(token);
    await follow(answer);
    const key = /key=([\w-]+)/.exec(answer.headers.get('location') ?? '')?.[1] ?? 'none';
    expect(api.log()).toContain('/activate?token=[redacted]');
    expect(api.log()).not.toContain(token);
    expect(api.log()).not.toContain(key);
    expect(api.log()).not.toContain(GOOD);
  });

  it('makes whoever asks too often wait, on a page', async () => {
    const answers = await Promise.all(Array.from({ length: 30 }, () => post('/activate/request', { username: 'x' })));
    const late = answers.find(({ status }) => status === 429);
    expect(late?.headers.get('retry-after')).toBe('60');
    expect(await late?.text()).toContain('<h1>One moment, please</h1>');
  });
});
