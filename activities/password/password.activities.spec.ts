import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger } from '@temporalio/worker';
import type { DataSource } from 'typeorm';
import { ConnectorError } from '../../connectors/contract/connector-error.js';
import { sealPassword } from '../../contracts/password-envelope.js';
import type { ApplyPasswordInput, PasswordResult } from '../../contracts/password-run.js';
import { createDataSource } from '../../persistence/data-source.js';
import { AccountEntity } from '../../persistence/entities/account.entity.js';
import { ActivationEntity } from '../../persistence/entities/activation.entity.js';
import { DirectoryEntity } from '../../persistence/entities/directory.entity.js';
import { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { PasswordEnvelopeEntity } from '../../persistence/entities/password-envelope.entity.js';
import { PasswordRequestEntity } from '../../persistence/entities/password-request.entity.js';
import { PersonEntity } from '../../persistence/entities/person.entity.js';
import { runMigrations } from '../../persistence/migrate.js';
import { MemoryDirectory } from '../../test/passwords/memory-directory.js';
import { startTestPostgres, type TestPostgres } from '../../test/servers/postgres.js';
import { createPasswordActivities } from './password.activities.js';

const PASSWORD = 'Walrus-Teapot-Orbit-77';

describe('the activities of passwords', () => {
  let postgres: TestPostgres;
  let database: DataSource;
  let directory: MemoryDirectory;
  const { privateKey, publicKey } = generateKeyPairSync('x25519');
  const keyring = { envelopes: [{ id: 'envelope-1', privateKey }] };

  beforeAll(async () => {
    postgres = await startTestPostgres();
    await runMigrations(postgres.url);
    database = await createDataSource(postgres.url).initialize();
    await database.manager.insert(DirectoryEntity, { name: 'ad', kind: 'memory', position: 0 });
  });
  afterAll(async () => {
    await database.destroy();
    await postgres.stop();
  });
  beforeEach(() => {
    directory = new MemoryDirectory('ad');
  });

  const log = { debug() {}, warn() {} };
  const activities = (keys = keyring) =>
    createPasswordActivities({ database, connector: () => directory.connector(), keyring: keys, log });
  const apply = (input: ApplyPasswordInput, keys = keyring): Promise<PasswordResult> =>
    new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') }).run(
      activities(keys).onDirectory.applyPassword,
      input,
    ) as Promise<PasswordResult>;

  /** A password that was chosen and is on its way to the directory. */
  async function chosen(livesMs = 60_000): Promise<ApplyPasswordInput> {
    const { manager } = database;
    const input = {
      person: randomUUID(),
      request: randomUUID(),
      directory: 'ad',
      envelopeId: randomUUID(),
      operationId: randomUUID(),
      attemptsBefore: 0,
    };
    const { person, request, envelopeId, operationId } = input;
    await manager.insert(PersonEntity, { id: person, personId: person, state: 'active', attributes: {} });
    await manager.insert(AccountEntity, {
      personUuid: person,
      directory: 'ad',
      anchor: person,
      name: 'jane',
      state: 'active',
    });
    const [tokenHash, statusHash] = [randomBytes(32), randomBytes(32)];
    const soon = new Date(Date.now() + 60_000);
    await manager.insert(ActivationEntity, {
      tokenHash,
      personUuid: person,
      purpose: 'activation',
      operationId: `mail-${person}`,
      expiresAt: soon,
      usedAt: new Date(),
    });
    await manager.insert(PasswordRequestEntity, {
      id: request,
      personUuid: person,
      activationHash: tokenHash,
      statusHash,
      statusExpiresAt: soon,
    });
    await manager.insert(OperationEntity, {
      id: operationId,
      personUuid: person,
      endUser: { personId: person },
      endUserSearch: person,
      application: 'ad',
      kind: 'set-password',
      target: 'jane',
      detail: { request } as object,
      actor: 'end user',
      source: 'activation page',
      workflowId: `password/${request}`,
      runId: 'run',
    });
    await manager.insert(PasswordEnvelopeEntity, {
      id: envelopeId,
      request,
      personUuid: person,
      directory: 'ad',
      operationId,
      expiresAt: new Date(Date.now() + livesMs),
      ...sealPassword({ id: 'envelope-1', publicKey }, PASSWORD, { person, directory: 'ad', request }),
    });
    return input;
  }

  const row = ({ operationId }: ApplyPasswordInput) =>
    database.manager.findOneByOrFail(OperationEntity, { id: operationId });
  const envelopes = ({ person }: ApplyPasswordInput) =>
    database.manager.countBy(PasswordEnvelopeEntity, { personUuid: person });
  const leave = ({ person }: ApplyPasswordInput) =>
    database.query(
      `WITH gone AS (DELETE FROM password_envelope WHERE person_uuid = $1)
                    UPDATE person SET state = 'left' WHERE id = $1`,
      [person],
    );

  it('sets a password and destroys its envelope', async () => {
    const input = await chosen();
    expect(await apply(input)).toMatchObject({ result: { outcome: 'succeeded', attempts: 1 }, chooseAgain: false });
    expect(directory.passwords.get(input.person)).toBe(PASSWORD);
    expect(await envelopes(input)).toBe(0);
    expect((await row(input)).outcome).toBe('succeeded');
  });

  it('sets it once when the answer of the first try was lost', async () => {
    const input = await chosen();
    await apply(input);
    expect(await apply({ ...input, attemptsBefore: 1 })).toMatchObject({ result: { outcome: 'succeeded' } });
    expect(directory.calls).toEqual(['set']);
  });

  it('scrambles what a try may have set that was cut off by a leave', async () => {
    const input = await chosen();
    await leave(input);
    expect(await apply({ ...input, attemptsBefore: 1 })).toMatchObject({ result: { outcome: 'superseded' } });
    expect(directory.calls).toEqual(['scramble']);
  });

  it('touches nothing of somebody who left before the first try', async () => {
    const input = await chosen();
    await leave(input);
    expect(await apply(input)).toMatchObject({ result: { outcome: 'superseded' } });
    expect(directory.calls).toEqual([]);
  });

  it('tries to scramble again, whatever the directory says', async () => {
    const input = await chosen();
    await leave(input);
    directory.failure = new ConnectorError('forbidden', 'Not allowed.');
    await expect(apply({ ...input, attemptsBefore: 1 })).rejects.toMatchObject({ nonRetryable: false });
    directory.failure = new ConnectorError('not-found', 'It is gone.');
    expect(await apply({ ...input, attemptsBefore: 2 })).toMatchObject({ result: { outcome: 'superseded' } });
  });

  it.each(['transient', 'throttled', 'unauthorized'] as const)('is tried again after %s', async (category) => {
    const input = await chosen();
    directory.failure = new ConnectorError(category, 'Not now.');
    await expect(apply(input)).rejects.toMatchObject({ type: category, message: 'Not now.', nonRetryable: false });
    expect(await envelopes(input)).toBe(1);
  });

  it.each([
    ['invalid', true],
    ['forbidden', false],
    ['misconfigured', false],
    ['conflict', false],
  ] as const)('ends with the reason after %s', async (category, chooseAgain) => {
    const input = await chosen();
    directory.failure = new ConnectorError(category, 'Because.');
    expect(await apply(input)).toMatchObject({ result: { outcome: 'failed', reason: 'Because.' }, chooseAgain });
  });

  it('gives an account that was just made some tries to be known everywhere', async () => {
    const input = await chosen();
    directory.failure = new ConnectorError('not-found', 'No such account.');
    await expect(apply(input)).rejects.toMatchObject({ type: 'transient' });
    expect(await apply({ ...input, attemptsBefore: 2 })).toMatchObject({ result: { outcome: 'failed' } });
  });

  it.each([
    ['is not there and nothing makes one', `DELETE FROM account WHERE person_uuid = $1`],
    ['was deleted', `UPDATE account SET state = 'deleted' WHERE person_uuid = $1`],
  ])('says that the account %s', async (_, statement) => {
    const input = await chosen();
    await database.query(statement, [input.person]);
    expect(await apply(input)).toMatchObject({ result: { outcome: 'failed', reason: 'There is no account in ad.' } });
  });

  it.each([
    ['for another person’s', 'person'],
    ['for another request’s', 'request'],
  ])('does not set a password that was sealed %s', async (_, what) => {
    const input = await chosen();
    const other = await chosen();
    await database.query(
      `UPDATE password_envelope SET sealed = (SELECT sealed FROM password_envelope WHERE id = $2) WHERE id = $1`,
      what === 'person' ? [input.envelopeId, other.envelopeId] : [input.envelopeId, input.envelopeId],
    );
    const asked = what === 'person' ? input : { ...input, request: randomUUID() };
    expect(await apply(asked)).toMatchObject({
      result: { outcome: 'failed', reason: expect.stringContaining('does not open') },
      chooseAgain: true,
    });
    expect(directory.calls).toEqual([]);
  });

  it('asks for another choice when the key is gone', async () => {
    const input = await chosen();
    expect(await apply(input, { envelopes: [] })).toMatchObject({
      result: { outcome: 'failed', reason: expect.stringContaining('"envelope-1", which is not in the keyring') },
      chooseAgain: true,
    });
  });

  it('does not set a password whose time is over', async () => {
    const input = await chosen(-1);
    expect(await apply(input)).toMatchObject({
      result: { outcome: 'failed', reason: expect.stringContaining('expired') },
    });
    expect(directory.calls).toEqual([]);
  });

  describe('recording', () => {
    const refuse = async (input: ApplyPasswordInput) => {
      const now = new Date().toISOString();
      const result = {
        operationId: input.operationId,
        reason: 'Used before.',
        attempts: 1,
        startedAt: now,
        finishedAt: now,
      };
      return {
        request: input.request,
        runId: 'run',
        results: [{ result: { ...result, outcome: 'failed' as const }, chooseAgain: true }],
      };
    };
    const link = ({ person }: ApplyPasswordInput) =>
      database.manager.findOneByOrFail(ActivationEntity, { personUuid: person });

    it('lets the link work once more after a refusal, and not again when it is recorded again', async () => {
      const input = await chosen();
      const recording = await refuse(input);
      const { core } = activities();
      await core.recordPasswordOutcomes(recording);
      expect((await link(input)).usedAt).toBeNull();
      expect(await envelopes(input)).toBe(0);
      await database.manager.update(ActivationEntity, { personUuid: input.person }, { usedAt: new Date() });
      await core.recordPasswordOutcomes(recording);
      expect((await link(input)).usedAt).not.toBeNull();
      const request = await database.manager.findOneByOrFail(PasswordRequestEntity, { id: input.request });
      expect(request.refused).toEqual(['ad']);
    });

    it('keeps the link used when the person has chosen again by another one', async () => {
      const input = await chosen();
      await database.query(
        `INSERT INTO password_request (id, person_uuid, activation_hash, status_hash, status_expires_at)
         SELECT gen_random_uuid(), person_uuid, activation_hash, '\\x00'::bytea || status_hash, now() FROM password_request WHERE id = $1`,
        [input.request],
      );
      await activities().core.recordPasswordOutcomes(await refuse(input));
      expect((await link(input)).usedAt).not.toBeNull();
    });

    it('does not let a link outlive its time', async () => {
      const input = await chosen();
      await database.manager.update(ActivationEntity, { personUuid: input.person }, { expiresAt: new Date() });
      await activities().core.recordPasswordOutcomes(await refuse(input));
      expect((await link(input)).usedAt).not.toBeNull();
    });

    it('leaves what is final as it is', async () => {
      const input = await chosen();
      await apply(input);
      await activities().core.recordPasswordOutcomes(await refuse(input));
      expect((await row(input)).outcome).toBe('succeeded');
      expect((await link(input)).usedAt).not.toBeNull();
    });
  });

  it('keeps what a directory demands of passwords', async () => {
    const environment = new MockActivityEnvironment({}, { logger: new DefaultLogger('ERROR') });
    await environment.run(activities().onDirectory.readPasswordRules, 'ad');
    const { passwords } = await database.manager.findOneByOrFail(DirectoryEntity, { name: 'ad' });
    expect(passwords).toEqual({ settable: true, rules: directory.rules });
  });
});
