import type { PasswordRules } from '../../domain/password/password-rules.js';
import type { Account, AccountDelta, AccountDraft, AccountId, CorrelationKey, Group } from './account.js';

/** Where a connector writes what it does. Structured, without secrets. */
export interface ConnectorLog {
  debug(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
}

/** The circumstances of one call. */
export interface Op {
  /** The operation's deterministic id: the same when it is tried again. */
  id: string;
  /** Aborted when the caller no longer wants the answer; the connector stops before its next write. */
  signal: AbortSignal;
  log: ConnectorLog;
}

/** What a connector claims; the conformance suite holds it to every claim. */
export interface Capabilities {
  groups: boolean;
  passwords: boolean;
  sessions: boolean;
  managers: boolean;
  /** A removed account can be brought back with its anchor. */
  recycleBin: boolean;
}

/** One line of *Verify Credentials*: a right or a condition, whether it holds, and what to do when not. */
export interface CheckItem {
  name: string;
  ok: boolean;
  /** Optional rights are needed only for some features. */
  optional?: boolean;
  message: string;
}

/** The values that an operation really changed; empty when the directory already stood as intended. */
export interface Change {
  before: Account['attributes'];
  after: Account['attributes'];
}

/**
 * One directory. Every write reads before it writes, so that doing it twice leaves what doing it once leaves. Every
 * failure is a `ConnectorError`. An answer that was cut short is a failure, never an empty result.
 */
export interface Connector {
  capabilities(): Capabilities;
  check(op: Op): Promise<CheckItem[]>;
  /** The account with that correlation value. Two of them are a `conflict`, never a guess. */
  find(op: Op, key: CorrelationKey): Promise<Account | undefined>;
  /** The account with that anchor. */
  read(op: Op, id: AccountId): Promise<Account | undefined>;
  /**
   * Creates with a random password that nobody knows. `existed`: an account with the draft's correlation value is there
   * already, and is returned as it is. A collision of a unique name with somebody else's account moves on to the next
   * candidate; a collision that cannot be moved is a `conflict`.
   */
  create(op: Op, draft: AccountDraft): Promise<{ outcome: 'created' | 'existed'; account: Account }>;
  apply(op: Op, id: AccountId, delta: AccountDelta): Promise<{ account: Account; change: Change }>;
  remove(op: Op, id: AccountId): Promise<'removed' | 'absent'>;
  /** Closes connections. */
  close(): Promise<void>;
}

/** Directories with groups. */
export interface GroupConnector {
  /** By DN, id, or a name that is unique; a name that two groups bear is a `conflict`. */
  findGroup(op: Op, reference: string): Promise<Group | undefined>;
  /** The groups that the account is a direct member of. */
  memberships(op: Op, id: AccountId): Promise<Group[]>;
  addMember(op: Op, groupId: string, id: AccountId): Promise<'added' | 'present'>;
  removeMember(op: Op, groupId: string, id: AccountId): Promise<'removed' | 'absent'>;
}

/** Directories in which Tenure may set a password. */
export interface PasswordConnector {
  /** What the directory demands of a password, as far as it says. */
  passwordRules(op: Op): Promise<PasswordRules>;
  /** Refused by the directory's own rules: `invalid`, with the rule in the message. The password is in no message. */
  setPassword(op: Op, id: AccountId, password: string): Promise<void>;
  /** Sets a random password that nobody knows. */
  scramblePassword(op: Op, id: AccountId): Promise<void>;
}

/** Directories whose sessions can be ended. */
export interface SessionConnector {
  revokeSessions(op: Op, id: AccountId): Promise<void>;
}

/** Directories that hold who reports to whom. */
export interface ManagerConnector {
  /** The manager's anchor. */
  manager(op: Op, id: AccountId): Promise<AccountId | undefined>;
  setManager(op: Op, id: AccountId, manager: AccountId | undefined): Promise<'changed' | 'unchanged'>;
}

/** Directories that keep what was removed for a while. */
export interface RecycleBinConnector {
  findRemoved(op: Op, key: CorrelationKey): Promise<AccountId | undefined>;
  /** Brings it back under its anchor, disabled if it was. */
  restore(op: Op, id: AccountId): Promise<Account>;
}

/** A connector with whatever it opted into. `capabilities()` says which members are there. */
export type AnyConnector = Connector &
  Partial<GroupConnector & PasswordConnector & SessionConnector & ManagerConnector & RecycleBinConnector>;
