import type { DataSource, EntityManager } from 'typeorm';
import type { PasswordRules } from '../domain/password/password-rules.js';
import type { Attributes } from '../domain/person/attributes.js';
import { transactionWithRetry } from './deadlock.js';
import { ActivationEntity } from './entities/activation.entity.js';
import { type EndUser, endUserSearch, OperationEntity } from './entities/operation.entity.js';
import { PasswordEnvelopeEntity } from './entities/password-envelope.entity.js';
import { PasswordRequestEntity } from './entities/password-request.entity.js';
import { PersonEntity } from './entities/person.entity.js';

/** How long a directory that is away is waited for. */
export const PASSWORD_TTL_MS = 72 * 60 * 60 * 1000;

/** A link that somebody opened, and whose it is. */
export interface OpenedLink {
  state: 'open' | 'used' | 'expired';
  person: PersonEntity;
  purpose: ActivationEntity['purpose'];
  /** What was last chosen with it. */
  lastRequest?: PasswordRequestEntity;
}

/** A directory that a person's password goes to. */
export interface PasswordTarget {
  directory: string;
  /** Unknown until the directory was asked. */
  rules?: PasswordRules;
  /** What the account is called; empty while it is still to be made. */
  attributes: Attributes;
  name: string;
}

/** A password that was chosen, sealed once for each directory. */
export interface ChosenPassword {
  tokenHash: Buffer;
  request: string;
  person: string;
  workflowId: string;
  statusHash: Buffer;
  statusExpiresAt: Date;
  expiresAt: Date;
  envelopes: { id: string; operationId: string; directory: string; target: string; keyId: string; sealed: Buffer }[];
}

/** How a chosen password goes. */
export interface PasswordStatus {
  request: PasswordRequestEntity;
  /** The link works once more, since a directory refused the password. */
  linkWorks: boolean;
  operations: OperationEntity[];
  /** Until when directories that are away are tried. */
  until: Date;
}

/** Links, and the passwords that are chosen with them. */
export class ActivationRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** The link with that hash; `undefined` when there is none, or its person has left. */
  async link(tokenHash: Buffer): Promise<OpenedLink | undefined> {
    const row = await this.dataSource.manager.findOne(ActivationEntity, {
      where: { tokenHash },
      relations: { person: true },
    });
    if (!row?.person || row.person.state === 'left') return undefined;
    const [lastRequest] = await this.dataSource.manager.find(PasswordRequestEntity, {
      where: { activationHash: tokenHash },
      order: { createdAt: 'DESC' },
      take: 1,
    });
    const state = row.usedAt ? 'used' : row.expiresAt <= new Date() ? 'expired' : 'open';
    return { state, person: row.person, purpose: row.purpose, lastRequest };
  }

  /**
   * Where a person's password goes: the directories in which they have an account, or are about to get one, that take
   * passwords from us. In the order of the configuration.
   */
  async targets(person: string): Promise<PasswordTarget[]> {
    const rows: TargetRow[] = await this.dataSource.query(TARGETS, [person]);
    return rows.map(({ directory, passwords, attributes, account_name }) => ({
      directory,
      rules: passwords?.rules,
      attributes: attributes ?? {},
      name: account_name ?? '',
    }));
  }

  /**
   * Uses up the link and stores the sealed passwords, both or neither: of two that come at once one wins. Every other
   * link of the person, and every earlier password that is still on its way, becomes void with it.
   */
  async choose(chosen: ChosenPassword): Promise<'chosen' | 'used' | 'left'> {
    return transactionWithRetry(this.dataSource, async (manager) => {
      // Planning locks the same row, so a leave comes either before all of this or after it.
      const lock = { mode: 'pessimistic_write' } as const;
      const person = await manager.findOneOrFail(PersonEntity, { where: { id: chosen.person }, lock });
      if (person.state === 'left') return 'left';
      if (!(await useUp(manager, chosen))) return 'used';
      await manager.delete(PasswordEnvelopeEntity, { personUuid: chosen.person });
      await insertChosen(manager, chosen, await endUser(manager, person));
      return 'chosen';
    });
  }

  /** By the hash of the status page's key; `undefined` when there is none or its time is over. */
  async status(statusHash: Buffer): Promise<PasswordStatus | undefined> {
    const { manager } = this.dataSource;
    const request = await manager.findOne(PasswordRequestEntity, {
      where: { statusHash },
      relations: { activation: true },
    });
    if (!request?.activation || request.statusExpiresAt <= new Date()) return undefined;
    const { usedAt, expiresAt } = request.activation;
    const operations = await manager
      .createQueryBuilder(OperationEntity, 'operation')
      .where(`operation.kind = 'set-password' AND operation.person_uuid = :person`, { person: request.personUuid })
      .andWhere(`operation.detail ->> 'request' = :request`, { request: request.id })
      .orderBy('operation.position')
      .getMany();
    const until = new Date(request.createdAt.getTime() + PASSWORD_TTL_MS);
    return { request, linkWorks: usedAt === null && expiresAt > new Date(), operations, until };
  }
}

/** How the report last named a person; by HR's id and their name when it never did. */
export async function endUser(manager: EntityManager, person: PersonEntity): Promise<EndUser> {
  const [last] = await manager.find(OperationEntity, {
    where: { personUuid: person.id },
    order: { position: 'DESC' },
    take: 1,
    select: { id: true, endUser: true },
  });
  return last?.endUser ?? { personId: person.personId, displayName: person.displayName ?? undefined };
}

interface TargetRow {
  directory: string;
  passwords: { settable: boolean; rules?: PasswordRules } | null;
  attributes: Attributes | null;
  account_name: string | null;
}

const TARGETS = `
  SELECT directory.name AS directory, directory.passwords, account.attributes, account.name AS account_name
    FROM directory
    LEFT JOIN account ON account.person_uuid = $1 AND account.directory = directory.name
   WHERE coalesce((directory.passwords ->> 'settable')::boolean, true)
     AND (account.state = 'active'
          OR EXISTS (SELECT 1 FROM operation
                      WHERE operation.person_uuid = $1 AND operation.application = directory.name
                        AND operation.kind IN ('create-account', 'restore-account', 'enable-account')
                        AND operation.outcome IN ('planned', 'waiting')))
   ORDER BY directory.position, directory.name`;

/** False when the link is used or its time is over. */
async function useUp(manager: EntityManager, { tokenHash, person }: ChosenPassword): Promise<boolean> {
  const [, used]: [unknown, number] = await manager.query(
    'UPDATE activation SET used_at = now() WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()',
    [tokenHash],
  );
  if (used !== 1) return false;
  await manager.query('UPDATE activation SET used_at = now() WHERE person_uuid = $1 AND used_at IS NULL', [person]);
  return true;
}

async function insertChosen(manager: EntityManager, chosen: ChosenPassword, endUser: EndUser): Promise<void> {
  const { request, person, workflowId, expiresAt } = chosen;
  await manager.insert(PasswordRequestEntity, {
    id: request,
    personUuid: person,
    activationHash: chosen.tokenHash,
    statusHash: chosen.statusHash,
    statusExpiresAt: chosen.statusExpiresAt,
  });
  await manager.insert(
    PasswordEnvelopeEntity,
    chosen.envelopes.map(({ id, operationId, directory, keyId, sealed }) => ({
      id,
      operationId,
      directory,
      keyId,
      sealed,
      request,
      personUuid: person,
      expiresAt,
    })),
  );
  await manager.insert(
    OperationEntity,
    chosen.envelopes.map(({ id, operationId, directory, target }) => ({
      id: operationId,
      personUuid: person,
      endUser,
      endUserSearch: endUserSearch(endUser),
      application: directory,
      kind: 'set-password' as const,
      target,
      detail: {
        id: operationId,
        kind: 'set-password' as const,
        application: directory,
        target,
        envelopeId: id,
        request,
      } as object,
      actor: 'end user',
      source: 'activation page',
      workflowId,
      runId: '',
    })),
  );
}
