import type { Attributes } from '../person/attributes.js';

/** Every kind of change that Tenure makes; the report shows these words. */
export const OPERATION_KINDS = [
  'create-account',
  'restore-account',
  'update-account',
  'enable-account',
  'disable-account',
  'revoke-sessions',
  'scramble-password',
  'set-password',
  'set-manager',
  'add-membership',
  'remove-membership',
  'delete-account',
  'send-activation-mail',
  'send-reset-mail',
] as const;
export type OperationKind = (typeof OPERATION_KINDS)[number];

/**
 * What became of an operation. `planned` and `waiting` are open (waiting: its directory does not answer, or something
 * it needs is not there yet; it is tried again without anybody's help); the others are final. `unchanged`: the
 * directory already stood as intended. `skipped`: not tried, because what it builds on failed. `superseded`: a newer
 * plan took its place.
 */
export const OPERATION_OUTCOMES = [
  'planned',
  'waiting',
  'succeeded',
  'unchanged',
  'failed',
  'skipped',
  'superseded',
] as const;
export type OperationOutcome = (typeof OPERATION_OUTCOMES)[number];

/** Whether an operation has its last outcome; nothing changes it any more. */
export const isFinal = (outcome: OperationOutcome): boolean => outcome !== 'planned' && outcome !== 'waiting';

/** The value that tells which account of a directory belongs to a person. Names and addresses never do. */
export interface CorrelationKey {
  /** The directory's attribute (`employeeID`, `employeeId`, …). */
  attribute: string;
  value: string;
}

/**
 * An attribute whose value no other account may have. On a collision a counter from 2 goes behind the local part
 * (`jane.doe`, `jane.doe2`, …; `jane.doe@x`, `jane.doe2@x`), and the base is cut so that the limit holds.
 */
export interface UniqueName {
  attribute: string;
  base: string;
  /** In characters of the whole value for a name, of the local part for an address. */
  maxLength?: number;
}

/** An account that is to be: what the mapping gave for one person in one directory. */
export interface AccountDraft {
  correlation: CorrelationKey;
  attributes: Attributes;
  unique: UniqueName[];
  /** Where it stands in a directory that has places: the DN of an OU in AD. */
  container?: string;
  enabled: boolean;
}

/** The difference between an account as it is and as it should be; a missing member stays as it is. */
export interface AccountDelta {
  /** `null` takes a value away. */
  attributes?: Attributes;
  /**
   * Names that change, and must stay unlike anybody else's; a collision moves on as it does at creation, and addresses in
   * `attributes` that repeat a base follow it.
   */
  unique?: UniqueName[];
  container?: string;
  enabled?: boolean;
}

/** One intended change in one directory. What it means depends on its kind. */
export type OperationDetail =
  | { kind: 'create-account'; draft: AccountDraft }
  /** `draft`: what it is created from when the directory no longer keeps it. */
  | { kind: 'restore-account'; draft: AccountDraft }
  | { kind: 'update-account'; delta: AccountDelta }
  | { kind: 'enable-account' | 'disable-account' | 'revoke-sessions' | 'scramble-password' | 'delete-account' }
  /** `request`: the choice of a password that it belongs to. */
  | { kind: 'set-password'; envelopeId: string; request: string }
  /** `manager` is the correlation key of the manager's account in the same directory; absent: the person has none. */
  | { kind: 'set-manager'; manager?: CorrelationKey }
  /** `group` is the name that the policy gives the group: a DN, an id, or a name that is unique in the directory. */
  | { kind: 'add-membership' | 'remove-membership'; group: string }
  | { kind: 'send-activation-mail' | 'send-reset-mail'; to: string };

/** One line of a plan, and later of the report. */
export type Operation = OperationDetail & {
  /** Deterministic: the same event planned twice from the same state names its operations alike. */
  id: string;
  /** Name of the directory, or `mail`. */
  application: string;
  /** What it is done to, for people: an account's or a group's name. */
  target: string;
  before?: Attributes;
  after?: Attributes;
};
