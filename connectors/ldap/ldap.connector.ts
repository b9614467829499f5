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
} from '../contract/connector.js';
import { findAccount, readAccount, toAccount } from './accounts.js';
import { applyDelta } from './apply-delta.js';
import { checkDirectory } from './check.js';
import { ConnectionPool } from './connection-pool.js';
import { createAccount } from './create-account.js';
import { addMember, findGroup, memberships, removeMember } from './groups.js';
import { manager, setManager } from './managers.js';
import { passwordRules, scramblePassword, setPassword } from './passwords.js';
import { removeAccount } from './remove-account.js';
import { Session } from './session.js';
import type { LdapSettings } from './settings.js';

/** LDAP knows neither sessions that could be ended nor a place for what was removed. */
export const LDAP_CAPABILITIES: Capabilities = {
  groups: true,
  passwords: true,
  sessions: false,
  managers: true,
  recycleBin: false,
};

/** One LDAP directory over TLS. Accounts are addressed by entryUUID, never by name. */
export class LdapConnector implements Connector, GroupConnector, PasswordConnector, ManagerConnector {
  readonly #pool: ConnectionPool;

  constructor(settings: LdapSettings) {
    this.#pool = new ConnectionPool(settings);
  }

  capabilities(): Capabilities {
    return LDAP_CAPABILITIES;
  }

  check(op: Op): Promise<CheckItem[]> {
    return checkDirectory(this.#pool, op);
  }

  find(op: Op, key: CorrelationKey): Promise<Account | undefined> {
    return this.#run(op, async (session) => {
      const entry = await findAccount(session, key);
      return entry && toAccount(session.settings, entry);
    });
  }

  read(op: Op, id: AccountId): Promise<Account | undefined> {
    return this.#run(op, async (session) => {
      const entry = await readAccount(session, id);
      return entry && toAccount(session.settings, entry);
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

  close(): Promise<void> {
    return this.#pool.close();
  }

  #run<T>(op: Op, work: (session: Session) => Promise<T>): Promise<T> {
    return Session.run(this.#pool, op, work);
  }
}
