import type { DataSource } from 'typeorm';
import type { TokenKey } from '../../contracts/keyring.js';
import { ActivationEntity } from '../../persistence/entities/activation.entity.js';
import { PasswordRequestEntity } from '../../persistence/entities/password-request.entity.js';
import { activationToken, storedToken, tokenHash } from './activation-link.js';

/** A link that is to be mailed. */
export interface LinkToSend {
  operationId: string;
  person: string;
  purpose: ActivationEntity['purpose'];
  expiresAt: Date;
}

/**
 * The token for an operation's mail. The first call stores its hash; a later one gives the same token and lets its time
 * begin anew, since the mail is only going out now. `sent`: its mail went out before. `void`: it did not, and is of no
 * use any more, since the person has chosen a password by another link.
 */
export async function linkToSend(
  database: DataSource,
  { operationId, person, purpose, expiresAt }: LinkToSend,
  [current, ...earlier]: readonly TokenKey[],
): Promise<{ token: string } | 'sent' | 'void'> {
  if (!current) throw new Error('The keyring has no token key.');
  const fresh = activationToken(current, operationId);
  // Nearly always the first call, which needs no more than this.
  const inserted: unknown[] = await database.query(
    `INSERT INTO activation (token_hash, person_uuid, purpose, operation_id, expires_at) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT DO NOTHING RETURNING operation_id`,
    [tokenHash(fresh), person, purpose, operationId, expiresAt],
  );
  if (inserted.length > 0) return { token: fresh };
  return database.transaction(async (manager) => {
    const lock = { mode: 'pessimistic_write' } as const;
    const row = await manager.findOneOrFail(ActivationEntity, { where: { operationId }, lock });
    if (row.sentAt) return 'sent';
    if (row.usedAt) {
      // A link that something was chosen with has arrived, though the server's answer was lost.
      return (await manager.existsBy(PasswordRequestEntity, { activationHash: row.tokenHash })) ? 'sent' : 'void';
    }
    const token = storedToken([current, ...earlier], operationId, row.tokenHash) ?? fresh;
    await manager.update(ActivationEntity, { operationId }, { tokenHash: tokenHash(token), expiresAt });
    return { token };
  });
}

/** Notes that the mail server has taken the mail. */
export async function recordSent(database: DataSource, operationId: string): Promise<void> {
  await database.manager.update(ActivationEntity, { operationId }, { sentAt: new Date() });
}
