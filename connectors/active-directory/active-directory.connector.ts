import type { PasswordRules } from '../../domain/password/password-rules.js';
import type { Account, AccountDelta, AccountDraft, AccountId, CorrelationKey, Group } from '../contract/account.js';
import type {
  Capabilities,
  Change,
  CheckItem,
  Connector,
  GroupConnector,
  ManagerConnector,
  Op,
  PasswordConnector,
  RecycleBinConnector,
} from '../contract/connector.js';
import { findAccount, readAccount, toAccount } from './accounts.js';
import { applyDelta } from './apply-delta.js';
import { checkDirectory } from './check.js';
import { ConnectionPool } from './connection-pool.js';
import { createAccount } from './create-account.js';
import { addMember, findGroup, memberships, removeMember } from './groups.js';
import { manager, setManager } from './managers.js';
import { passwordRules, scramblePassword, setPassword } from './passwords.js';
import { findRemoved, removeAccount, restoreAccount } from './removed-accounts.js';
import { Session } from './session.js';
import type { ActiveDirectorySettings } from './settings.js';

/** Sessions cannot be ended in AD: Kerberos tickets live until they expire. */
export const ACTIVE_DIRECTORY_CAPABILITIES: Capabilities = {
  groups: true,
  passwords: true,
  sessions: false,
  managers: true,
  recycleBin: true,
};

/** One Active Directory domain over LDAPS. Accounts are addressed by objectGUID, never by name. */
export class ActiveDirectoryConnector
  implements Connector, GroupConnector, PasswordConnector, ManagerConnector, RecycleBinConnector
{
  readonly #pool: ConnectionPool;

  constructor(settings: ActiveDirectorySettings) {
    this.#pool = new ConnectionPool(settings);
  }

  capabilities(): Capabilities {
    return ACTIVE_DIRECTORY_CAPABILITIES;
  }

  check(op: Op): Promise<CheckItem[]> {
    return checkDirectory(this.#pool, op);
  }

  find(op: Op, key: CorrelationKey): Promise<Account | undefined> {
    return this.#run(op, async (session) => {
      const entry = await findAccount(session, key);
      return entry && toAccount(session, entry);
    });
  }

  read(op: Op, id: AccountId): Promise<Account | undefined> {
    return this.#run(op, async (session) => {
      const entry = await readAccount(session, id);
      return entry && toAccount(session, entry);
    });
  }

  create(op: Op, draft: AccountDraft): Promise<{ outcome: 'created' | 'existed'; account: Account }> {
    return this.#run(op, (session) => createAccount(session, draft));
  }

  apply(op: Op, id: AccountId, delta: AccountDelta): Promise<{ account: Account; change: Change }> {
    return this.#run(op, (session) => applyDelta(session, id, delta));
  }

  remove(op: Op, id: AccountId): Promise<'removed' | 'absent'> {
    return this.#run(op, (session) => removeAccount(session, id));
  }

  findGroup(op: Op, reference: string): Promise<Group | undefined> {
    return this.#run(op, (session) => findGroup(session, reference));
  }

  memberships(op: Op, id: AccountId): Promise<Group[]> {
    return this.#run(op, (session) => memberships(session, id));
  }

  addMember(op: Op, groupId: string, id: AccountId): Promise<'added' | 'present'> {
    return this.#run(op, (session) => addMember(session, groupId, id));
  }

  removeMember(op: Op, groupId: string, id: AccountId): Promise<'removed' | 'absent'> {
    return this.#run(op, (session) => removeMember(session, groupId, id));
  }

  passwordRules(op: Op): Promise<PasswordRules> {
    return this.#run(op, passwordRules);
  }

  setPassword(op: Op, id: AccountId, password: string): Promise<void> {
    return this.#run(op, (session) => setPassword(session, id, password));
  }

  scramblePassword(op: Op, id: AccountId): Promise<void> {
    return this.#run(op, (session) => scramblePassword(session, id));
  }

  manager(op: Op, id: AccountId): Promise<AccountId | undefined> {
    return this.#run(op, (session) => manager(session, id));
  }

  setManager(op: Op, id: AccountId, wanted: AccountId | undefined): Promise<'changed' | 'unchanged'> {
    return this.#run(op, (session) => setManager(session, id, wanted));
  }

  findRemoved(op: Op, key: CorrelationKey): Promise<AccountId | undefined> {
    return this.#run(op, (session) => findRemoved(session, key));
  }

  restore(op: Op, id: AccountId): Promise<Account> {
    return this.#run(op, (session) => restoreAccount(session, id));
  }

  close(): Promise<void> {
    return this.#pool.close();
  }

  #run<T>(op: Op, work: (session: Session) => Promise<T>): Promise<T> {
    return Session.run(this.#pool, op, work);
  }
}
