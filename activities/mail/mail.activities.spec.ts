import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { inspect } from 'node:util';
import { ApplicationFailure } from '@temporalio/common';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { DataSource } from 'typeorm';
import type { TokenKey } from '../../contracts/keyring.js';
import type { OperationResult, SendMailInput } from '../../contracts/person-run.js';
import type { Attributes } from '../../domain/person/attributes.js';
import { createDataSource } from '../../persistence/data-source.js';
import { AccountEntity } from '../../persistence/entities/account.entity.js';
import { ActivationEntity } from '../../persistence/entities/activation.entity.js';
import { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { PasswordRequestEntity } from '../../persistence/entities/password-request.entity.js';
import { PersonEntity } from '../../persistence/entities/person.entity.js';
import { runMigrations } from '../../persistence/migrate.js';
import { startTestMailServer, type TestMailServer } from '../../test/servers/mail.js';
import { startTestPostgres, type TestPostgres } from '../../test/servers/postgres.js';
import { tokenHash } from './activation-link.js';
import { createMailActivities } from './mail.activities.js';
import { createMailer, type Mailer } from './mailer.js';

const HOUR = 3_600_000;
const key = (id: string): TokenKey => ({ id, key: createSecretKey(randomBytes(32)) });

describe('sendMail', () => {
  let postgres: TestPostgres;
  let database: DataSource;
  let server: TestMailServer;
  let mailer: Mailer;
  const keys = [key('token-1')];
  const settings = {
    from: { name: 'Example Accounts', address: 'accounts@example.org' },
    publicUrl: 'https://tenure.example.org/base/',
    activationTtlMs: 72 * HOUR,
    organisation: 'Example & Sons',
  };

  beforeAll(async () => {
    postgres = await startTestPostgres();
    await runMigrations(postgres.url);
    database = await createDataSource(postgres.url).initialize();
  });
  afterAll(async () => {
    await database.destroy();
    await postgres.stop();
  });
  beforeEach(async () => {
    server = await startTestMailServer();
    mailer = createMailer({ smtpUrl: server.url, from: settings.from });
  });
  afterEach(async () => {
    mailer.close();
    await server.stop();
  });

  /** A person with an account and a planned mail. */
  async function planned(attributes: Attributes = {}, to = 'jane@home.example'): Promise<SendMailInput> {
    const person = await database.manager.save(
      database.manager.create(PersonEntity, {
        personId: randomUUID(),
        state: 'active',
        attributes: { givenName: 'Jane', familyName: 'Doe', ...attributes },
      }),
    );
    await database.manager.insert(AccountEntity, {
      personUuid: person.id,
      directory: 'corp-ad',
      anchor: randomUUID(),
      name: 'CN=Jane Doe,OU=People,DC=example,DC=org',
      state: 'active',
      attributes: { sAMAccountName: 'jane.doe' },
    });
    const operationId = `operation-${randomUUID()}`;
    const kind = 'send-activation-mail' as const;
    await database.manager.insert(OperationEntity, {
      id: operationId,
      personUuid: person.id,
      endUser: { personId: person.personId },
      endUserSearch: person.personId,
      application: 'mail',
      kind,
      target: to,
      detail: { id: operationId, kind, application: 'mail', target: to, to },
      actor: 'test',
      source: 'test',
      workflowId: `person/${person.id}`,
      runId: 'run',
    } as never);
    return { operationId, person: person.id, kind, to };
  }

  const activities = (tokenKeys = keys) => createMailActivities({ database, mailer, tokenKeys, settings });
  const send = (input: SendMailInput, tokenKeys = keys): Promise<OperationResult> =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(
      activities(tokenKeys).sendMail,
      input,
    ) as Promise<OperationResult>;
  const link = (index: number) => /https:\S+/.exec(server.messages()[index]?.text ?? '')?.[0] ?? '';
  const stored = (input: SendMailInput) =>
    database.manager.findOneByOrFail(ActivationEntity, { operationId: input.operationId });

  /** What the page does when a password is chosen with the mail's link. */
  async function use(input: SendMailInput): Promise<void> {
    const { tokenHash: activationHash } = await stored(input);
    await database.manager.update(ActivationEntity, { operationId: input.operationId }, { usedAt: new Date() });
    await database.manager.insert(PasswordRequestEntity, {
      id: randomUUID(),
      personUuid: input.person,
      activationHash,
      statusHash: randomBytes(32),
      statusExpiresAt: new Date(),
    });
  }

  it('sends one mail whose link opens what the database knows only by its hash', async () => {
    const input = await planned();
    expect(await send(input)).toMatchObject({ operationId: input.operationId, outcome: 'succeeded', attempts: 1 });
    const [mail] = server.messages();
    expect(mail?.from).toBe('"Example Accounts" <accounts@example.org>');
    expect(mail?.to).toEqual(['jane@home.example']);
    expect(mail?.subject).toBe('Activate your account at Example & Sons');
    expect(mail?.text).toContain('Hello Jane,');
    expect(mail?.text).toContain('corp-ad: jane.doe');
    expect(mail?.html).toContain('Example &amp; Sons');
    expect(mail?.header('auto-submitted')).toBe('auto-generated');

    const url = new URL(link(0));
    const token = url.searchParams.get('token') ?? '';
    expect(url.origin + url.pathname).toBe('https://tenure.example.org/base/activate');
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    const row = await stored(input);
    expect(row.tokenHash.equals(tokenHash(token))).toBe(true);
    expect(row.purpose).toBe('activation');
    expect(Math.abs(row.expiresAt.getTime() - Date.now() - 72 * HOUR)).toBeLessThan(60_000);
  });

  it('sends a mail once, however often it is asked to', async () => {
    const input = await planned();
    await send(input);
    expect(await send(input)).toMatchObject({ outcome: 'succeeded' });
    expect(server.messages()).toHaveLength(1);
  });

  it('sends the same link under the same Message-ID when the answer was lost', async () => {
    const input = await planned();
    server.dropAfterData(1);
    await expect(send(input)).rejects.toMatchObject({ type: 'transient', nonRetryable: false });
    await send(input);
    expect(server.messages()).toHaveLength(2);
    expect(link(1)).toBe(link(0));
    expect(server.messages()[1]?.messageId).toBe(server.messages()[0]?.messageId);
    expect(server.messages()[0]?.messageId).toMatch(/^<[0-9a-f]{40}@example\.org>$/);
  });

  it('sends nothing more when the answer was lost and the link was used meanwhile', async () => {
    const input = await planned();
    server.dropAfterData(1);
    await expect(send(input)).rejects.toThrow();
    await use(input);
    expect(await send(input)).toMatchObject({ outcome: 'succeeded' });
    expect(server.messages()).toHaveLength(1);
  });

  it('sends no link that became void before it went out', async () => {
    const input = await planned();
    server.refuse(451);
    await expect(send(input)).rejects.toThrow();
    await database.manager.update(ActivationEntity, { operationId: input.operationId }, { usedAt: new Date() });
    server.refuse(undefined);
    expect(await send(input)).toMatchObject({
      outcome: 'superseded',
      reason: 'The person has chosen a password by another link meanwhile.',
    });
    expect(server.messages()).toHaveLength(0);
  });

  it('keeps the link when the keys are rotated before the mail is sent again', async () => {
    const input = await planned();
    server.dropAfterData(1);
    await expect(send(input)).rejects.toThrow();
    await send(input, [key('token-2'), ...keys]);
    expect(link(1)).toBe(link(0));
  });

  it('gives a link that works when the key of the first one is gone', async () => {
    const input = await planned();
    server.dropAfterData(1);
    await expect(send(input)).rejects.toThrow();
    await send(input, [key('token-2')]);
    const token = new URL(link(1)).searchParams.get('token') ?? '';
    expect((await stored(input)).tokenHash.equals(tokenHash(token))).toBe(true);
  });

  it('lets Temporal try again what passes', async () => {
    const input = await planned();
    server.refuse(451);
    const failure = await send(input).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ApplicationFailure);
    expect(failure).toMatchObject({
      type: 'transient',
      nonRetryable: false,
      message: 'The mail server asks to try again later. It said: 451 Refused by the test',
    });
    server.refuse(undefined);
    expect(await send(input)).toMatchObject({ outcome: 'succeeded' });
    expect(server.messages()).toHaveLength(1);
  });

  it('lets Temporal try again when the mail server refuses our credentials, and shows none', async () => {
    const url = new URL(server.url);
    Object.assign(url, { username: 'tenure', password: 'secret-marker' });
    const refused = createMailer({ smtpUrl: url.href, from: settings.from });
    const failure = await refused.send({ to: 'a@b.example', subject: '', text: '', html: '', messageId: '<a@b>' }).then(
      () => undefined,
      (error: unknown) => error,
    );
    refused.close();
    expect(failure).toMatchObject({
      category: 'unauthorized',
      message: expect.stringContaining('refuses the credentials in SMTP_URL'),
    });
    expect(inspect(failure)).not.toContain('secret-marker');
  });

  it('lets Temporal try again while the server is away', async () => {
    const input = await planned();
    await server.stop();
    await expect(send(input)).rejects.toMatchObject({
      type: 'transient',
      message: expect.stringMatching(/mail server cannot be reached/),
    });
  });

  it('ends with a sentence what does not pass', async () => {
    const input = await planned();
    server.refuse(550);
    expect(await send(input)).toMatchObject({
      outcome: 'failed',
      reason: 'The mail server refuses the recipient. It said: 550 Refused by the test',
    });
  });

  it.each([
    '',
    'nobody',
    'a@b, c@d',
    'a@b\r\nBcc: c@d',
    '"x y"@example.org',
    'a@b@c',
    '<a@b>',
    'a@b.',
    '-f@example.org',
  ])('refuses the address %j, whatever HR calls one', async (to) => {
    expect(await send(await planned({}, to))).toMatchObject({
      outcome: 'failed',
      reason: expect.stringContaining('no address'),
    });
    expect(server.messages()).toHaveLength(0);
  });

  it('sends nothing to somebody who has left, and nothing for an operation that was superseded', async () => {
    const left = await planned();
    await database.manager.update(PersonEntity, { id: left.person }, { state: 'left' });
    expect(await send(left)).toMatchObject({ outcome: 'skipped', reason: expect.stringContaining('has left') });
    const superseded = await planned();
    await database.manager.update(OperationEntity, { id: superseded.operationId }, { outcome: 'superseded' });
    expect(await send(superseded)).toMatchObject({ outcome: 'superseded' });
    expect(server.messages()).toHaveLength(0);
  });

  it.each([
    '<script>alert(1)</script>',
    '{{ link }}{% for i in (1..9) %}',
    'Jane\r\nBcc: everybody@example.org\r\n\r\nVisit http://evil.example',
    '\u202eenaJ',
    'Žofie "X" 😀',
    '',
    'x'.repeat(300),
    '=?utf-8?Q?encoded?=',
  ])('puts the name %j into the mail as harmless text', async (givenName) => {
    await send(await planned({ givenName, familyName: '' }));
    const [mail] = server.messages();
    expect(server.messages()).toHaveLength(1);
    expect(mail?.envelope.to).toEqual(['jane@home.example']);
    expect(mail?.header('bcc')).toBeUndefined();
    expect(mail?.subject).toBe('Activate your account at Example & Sons');
    expect(mail?.html).not.toContain('<script>');
    expect(mail?.text?.split('\n')[0]).toMatch(/^Hello.*,$/);
    expect(mail?.text).not.toMatch(/\n(Bcc|Visit)/);
    expect(mail?.text).not.toContain('\u202e');
    expect(mail?.text?.match(/https:\/\/tenure/g)).toHaveLength(1);
  });
});
