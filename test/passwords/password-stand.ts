import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from '@temporalio/client';
import { ensureKeyring, type Keyring, publicKeyring } from '../../contracts/keyring.js';
import { createDataSource } from '../../persistence/data-source.js';
import { AccountEntity } from '../../persistence/entities/account.entity.js';
import { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { PersonEntity } from '../../persistence/entities/person.entity.js';
import { ConnectorRegistry } from '../../worker/connector-registry.js';
import { recordDirectories } from '../../worker/directory-rows.js';
import { startPasswordRules } from '../../worker/start-password-rules.js';
import { TenureWorker } from '../../worker/tenure-worker.js';
import { eventually } from '../eventually.js';
import { startTestApi, type TestApi } from '../servers/api.js';
import { startTestMailServer, type TestMailServer } from '../servers/mail.js';
import { MemoryDirectory, memoryKind } from './memory-directory.js';

/** API, worker, Temporal, PostgreSQL and mail, with directories in memory. */
export interface PasswordStand {
  api: TestApi;
  mail: TestMailServer;
  client: Client;
  keyring: Keyring;
  directories: { ad: MemoryDirectory; cloud: MemoryDirectory };
  /** Everything that the worker logged. */
  workerLog: string[];
  /** Somebody with an active account in both directories. */
  person(): Promise<SeededPerson>;
  /** Asks for a reset mail by the API and gives the token of its link. */
  mailedToken(person: SeededPerson): Promise<string>;
  /** Sends the form of the page. */
  choose(token: string, password: string, confirmation?: string): Promise<Response>;
  /** The rows of the report on the person's passwords, the oldest first. */
  outcomes(person: SeededPerson): Promise<OperationEntity[]>;
  stopWorker(): Promise<void>;
  startWorker(): Promise<void>;
  stop(): Promise<void>;
}

/** A person as the suites need them. */
export interface SeededPerson {
  id: string;
  userName: string;
  mail: string;
  /** The anchor, the same in both directories. */
  anchor: string;
}

const DIRECTORIES = ['corp-ad', 'cloud'].map((name) => ({ name, kind: 'memory', settings: {}, secrets: {} }));

/** Starts everything, and has the directories asked for their password rules. */
export async function startPasswordStand(): Promise<PasswordStand> {
  const home = await mkdtemp(join(tmpdir(), 'tenure-passwords-'));
  const keyring = ensureKeyring(home, {});
  const [api, mail] = await Promise.all([startTestApi({ keyring: publicKeyring(keyring) }), startTestMailServer()]);
  const directories = { ad: new MemoryDirectory('corp-ad'), cloud: new MemoryDirectory('cloud') };
  const database = await createDataSource(api.postgres.url).initialize();
  const workerLog: string[] = [];
  const note = (fields: Record<string, unknown>, message: string) => {
    workerLog.push(JSON.stringify({ ...fields, message, err: String(fields.err) }));
  };
  await recordDirectories(database, DIRECTORIES);
  const registry = new ConnectorRegistry(DIRECTORIES, [memoryKind(Object.values(directories))]);
  const { manager } = database;

  let worker: TenureWorker;
  let running: Promise<void> = Promise.resolve();
  const startWorker = async (): Promise<void> => {
    worker = await TenureWorker.create({
      temporal: { address: api.temporal.address },
      namespace: 'default',
      database,
      directories: registry,
      keyring,
      mail: {
        smtpUrl: mail.url,
        from: { name: '', address: 'accounts@example.org' },
        publicUrl: api.options.publicUrl,
        activationTtlMs: 3_600_000,
        organisation: 'Example',
      },
      log: { debug: note, warn: note },
    });
    running = worker.run();
  };
  const stopWorker = async (): Promise<void> => {
    worker.shutdown();
    await running;
  };
  await startWorker();
  const client = api.app.get(Client);
  await startPasswordRules(client, registry.names());
  await eventually(async () => {
    const [row] = await database.query('SELECT count(*)::int AS unknown FROM directory WHERE passwords IS NULL');
    return row.unknown === 0;
  });

  return {
    api,
    mail,
    client,
    keyring,
    directories,
    workerLog,
    async person() {
      const [id, anchor] = [randomUUID(), randomUUID()];
      const userName = `jane.${id.slice(0, 8)}`;
      await manager.insert(PersonEntity, {
        id,
        personId: `hr-${id}`,
        state: 'active',
        displayName: 'Jane Doe',
        attributes: { givenName: 'Jane', familyName: 'Doe', personalMail: `${userName}@home.example` },
      });
      for (const { name } of DIRECTORIES) {
        const attributes = { sAMAccountName: userName, userPrincipalName: `${userName}@corp.example` };
        await manager.insert(AccountEntity, {
          personUuid: id,
          directory: name,
          anchor,
          name: userName,
          state: 'active',
          attributes,
        });
      }
      return { id, anchor, userName, mail: `${userName}@home.example` };
    },
    async mailedToken(person) {
      const before = mail.messages().filter(({ to }) => to.includes(person.mail)).length;
      const answer = await api.fetch(`/api/v1/people/${person.id}/password-reset`, { method: 'POST' });
      if (answer.status !== 202) throw new Error(`${answer.status}: ${await answer.text()}`);
      await eventually(() => mail.messages().filter(({ to }) => to.includes(person.mail)).length > before);
      const text = mail.messages().findLast(({ to }) => to.includes(person.mail))?.text ?? '';
      return /token=([\w-]{43})/.exec(text)?.[1] ?? '';
    },
    choose: (token, password, confirmation = password) =>
      fetch(`${api.url}/activate`, {
        method: 'POST',
        redirect: 'manual',
        body: new URLSearchParams({ token, password, confirmation }),
      }),
    outcomes: ({ id }) =>
      manager.find(OperationEntity, {
        where: { personUuid: id, kind: 'set-password' },
        order: { position: 'ASC' },
      }),
    startWorker,
    stopWorker,
    async stop() {
      await stopWorker();
      await registry.close();
      await database.destroy();
      await Promise.all([api.stop(), mail.stop(), rm(home, { recursive: true })]);
    },
  };
}
