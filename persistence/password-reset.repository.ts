import { randomUUID } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import { endUser } from './activation.repository.js';
import { endUserSearch, OperationEntity } from './entities/operation.entity.js';
import { PersonEntity } from './entities/person.entity.js';

/** Why no mail was planned, or its operation. */
export type PlannedReset =
  | { outcome: 'planned'; operationId: string; workflowId: string; person: string }
  | { outcome: 'unknown' | 'left' | 'no-address' | 'too-soon' };

/** Who asks for a mail. */
export interface ResetRequest {
  actor: string;
  source: string;
  workflowId(operationId: string): string;
  /** At most so many mails within so long; absent: no limit. */
  limit?: { mails: number; withinMs: number; apartMs: number };
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Mails with which somebody chooses a new password. */
export class PasswordResetRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** By Tenure's UUID or by HR's id. */
  async personById(id: string): Promise<string | undefined> {
    const persons = this.dataSource.getRepository(PersonEntity);
    const byUuid = UUID.test(id) ? await persons.findOneBy({ id: id.toLowerCase() }) : null;
    const person = byUuid ?? (await persons.findOneBy({ personId: id }));
    return person?.id;
  }

  /** The one person with an active account of that name: a UPN, or the name that AD signs in by. */
  async personBySignInName(name: string): Promise<string | undefined> {
    const rows: { person_uuid: string }[] = await this.dataSource.query(
      `SELECT DISTINCT person_uuid FROM account
        WHERE state = 'active'
          AND (lower(attributes ->> 'userPrincipalName') = lower($1) OR lower(attributes ->> 'sAMAccountName') = lower($1))
        LIMIT 2`,
      [name],
    );
    const [only, another] = rows;
    return another ? undefined : only?.person_uuid;
  }

  /** Writes the mail into the report, from where it is handed over to Temporal. */
  async plan(person: string, request: ResetRequest): Promise<PlannedReset> {
    return this.dataSource.transaction(async (manager) => {
      // One at a time, or the limit could be run past.
      const lock = { mode: 'pessimistic_write' } as const;
      const row = await manager.findOne(PersonEntity, { where: { id: person }, lock });
      if (!row) return { outcome: 'unknown' };
      if (row.state === 'left') return { outcome: 'left' };
      const to = await address(manager, row);
      if (!to) return { outcome: 'no-address' };
      if (request.limit && (await isTooSoon(manager, person, request.limit))) return { outcome: 'too-soon' };
      const operationId = randomUUID();
      const workflowId = request.workflowId(operationId);
      await insert(manager, row, { operationId, workflowId, to, actor: request.actor, source: request.source });
      return { outcome: 'planned', operationId, workflowId, person };
    });
  }
}

/** Where the person reads mail without their account: what HR says now, or where the activation mail went. */
async function address(manager: EntityManager, { id, attributes }: PersonEntity): Promise<string | undefined> {
  const { personalMail } = attributes;
  if (typeof personalMail === 'string' && personalMail.trim() !== '') return personalMail.trim();
  const [last]: { to: string | null }[] = await manager.query(
    `SELECT detail ->> 'to' AS to FROM operation
      WHERE person_uuid = $1 AND kind = 'send-activation-mail' AND outcome = 'succeeded'
      ORDER BY position DESC LIMIT 1`,
    [id],
  );
  return last?.to || undefined;
}

async function isTooSoon(
  manager: EntityManager,
  person: string,
  { mails, withinMs, apartMs }: NonNullable<ResetRequest['limit']>,
): Promise<boolean> {
  const [row]: { count: number; newest: Date | null }[] = await manager.query(
    `SELECT count(*)::int AS count, max(planned_at) AS newest FROM operation
      WHERE person_uuid = $1 AND kind = 'send-reset-mail' AND planned_at > now() - $2 * interval '1 millisecond'`,
    [person, withinMs],
  );
  const newest = row?.newest?.getTime() ?? 0;
  return (row?.count ?? 0) >= mails || Date.now() - newest < apartMs;
}

async function insert(
  manager: EntityManager,
  person: PersonEntity,
  {
    operationId,
    workflowId,
    to,
    actor,
    source,
  }: Record<'operationId' | 'workflowId' | 'to' | 'actor' | 'source', string>,
): Promise<void> {
  const named = await endUser(manager, person);
  const kind = 'send-reset-mail' as const;
  await manager.insert(OperationEntity, {
    id: operationId,
    personUuid: person.id,
    endUser: named,
    endUserSearch: endUserSearch(named),
    application: 'mail',
    kind,
    target: to,
    detail: { id: operationId, kind, application: 'mail', target: to, to } as object,
    actor,
    source,
    workflowId,
    runId: '',
  });
}
