import { Context } from '@temporalio/activity';
import type { DataSource } from 'typeorm';
import { ConnectorError } from '../../connectors/contract/connector-error.js';
import type { TokenKey } from '../../contracts/keyring.js';
import type { OperationResult, SendMailInput } from '../../contracts/person-run.js';
import { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { PersonEntity } from '../../persistence/entities/person.entity.js';
import { isWorthRetrying, toTemporalFailure } from '../failures.js';
import { activationUrl, messageId } from './activation-link.js';
import { linkToSend, recordSent } from './activation-rows.js';
import { isMailAddress } from './mail-address.js';
import { addressee } from './mail-person.js';
import type { MailSettings } from './mail-settings.js';
import type { Mailer } from './mailer.js';
import { renderMail } from './render-mail.js';

const HEARTBEAT_EVERY_MS = 1_000;

export interface MailDependencies {
  database: DataSource;
  mailer: Mailer;
  /** The first makes links; the others are for links that were made before a rotation. */
  tokenKeys: readonly TokenKey[];
  settings: Pick<MailSettings, 'from' | 'publicUrl' | 'activationTtlMs' | 'organisation'>;
}

export interface MailActivities {
  /**
   * Sends the mail of an operation, with a link that follows from the operation's id. A mail that the server has taken
   * is not sent again. What passes by itself (the server is away, or says later) fails the activity, and Temporal tries
   * it again; what does not is a result that says why.
   */
  sendMail(input: SendMailInput): Promise<OperationResult>;
}

export function createMailActivities({ database, mailer, tokenKeys, settings }: MailDependencies): MailActivities {
  const domain = settings.from.address.slice(settings.from.address.lastIndexOf('@') + 1);

  return { sendMail: async (input) => whileHeartbeating(() => sendMail(input)) };

  async function sendMail({ operationId, person: personId, kind, to }: SendMailInput): Promise<OperationResult> {
    const { attempt, workflowExecution } = Context.current().info;
    const startedAt = new Date().toISOString();
    const end = (outcome: OperationResult['outcome'], reason?: string): OperationResult => ({
      operationId,
      outcome,
      reason,
      attempts: attempt,
      startedAt,
      finishedAt: new Date().toISOString(),
    });

    const row = await database.manager.findOneByOrFail(OperationEntity, { id: operationId });
    if (row.outcome !== 'planned' && row.outcome !== 'waiting') return end(row.outcome, row.reason ?? undefined);
    if (row.runId === '') await nameRun(database, operationId, workflowExecution?.runId);

    const person = await database.manager.findOneByOrFail(PersonEntity, { id: personId });
    if (person.state === 'left') return end('skipped', 'The person has left; nothing was sent.');
    if (!isMailAddress(to)) {
      return end('failed', `“${to}” is no address that mail can be sent to. Correct it at its source, then retry.`);
    }

    const purpose = kind === 'send-activation-mail' ? 'activation' : 'reset';
    const expiresAt = new Date(Date.now() + settings.activationTtlMs);
    const toSend = await linkToSend(database, { operationId, person: personId, purpose, expiresAt }, tokenKeys);
    if (toSend === 'sent') return end('succeeded');
    if (toSend === 'void') return end('superseded', 'The person has chosen a password by another link meanwhile.');

    const { name, accounts } = await addressee(database, person);
    const link = activationUrl(settings.publicUrl, toSend.token);
    const mail = renderMail(kind, { name, accounts, link, expiresAt, organisation: settings.organisation });
    try {
      await mailer.send({ ...mail, to, messageId: messageId(operationId, domain) });
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      if (isWorthRetrying(error)) throw toTemporalFailure(error);
      return end('failed', error.message);
    }
    await recordSent(database, operationId);
    return end('succeeded');
  }
}

/** Tells Temporal every second that the worker lives, so that a mail of a dead one is not waited for. */
async function whileHeartbeating<Result>(work: () => Promise<Result>): Promise<Result> {
  const context = Context.current();
  const heartbeat = setInterval(() => context.heartbeat(), HEARTBEAT_EVERY_MS);
  try {
    return await work();
  } finally {
    clearInterval(heartbeat);
  }
}

/** A mail that the API asked for names its run from here on. */
async function nameRun(database: DataSource, operationId: string, runId = ''): Promise<void> {
  await database.query(
    `UPDATE operation SET run_id = $2 WHERE id = $1 AND run_id = '' AND outcome IN ('planned', 'waiting')`,
    [operationId, runId],
  );
}
