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
  return database.transaction(async (manager) => {
    const fresh = activationToken(current, operationId);
    await manager
      .createQueryBuilder()
      .insert()
      .into(ActivationEntity)
      .values({ tokenHash: tokenHash(fresh), personUuid: person, purpose, operationId, expiresAt })
      .orIgnore()
      .execute();
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
