import type { EventType } from '../domain/event/lifecycle-event.js';
import type { Attributes } from '../domain/person/attributes.js';
import type { CorrelationKey, Operation, OperationOutcome } from '../domain/plan/operation.js';
import type { Lane } from '../domain/plan/plan.js';

/*
 * The runs of a person: workflow types `joiner`, `mover`, `leaver`, `rehire` under the id `person/<person's UUID>`.
 * Signals bring events and retries, queries tell the plan and the progress. Only ids and dates travel in signals; what
 * HR said stays in the database until a run plans with it.
 */

/** Names of the signals and queries of a person's run. */
export const PERSON_SIGNALS = { event: 'event', retry: 'retry' } as const;
export const PERSON_QUERIES = { plan: 'plan', progress: 'progress' } as const;

/** An event as a run knows it before it is taken. */
export interface EventRef {
  id: string;
  position: number;
  type: EventType;
  source: string;
  /** ISO 8601, UTC. */
  effectiveAt: string;
  urgent: boolean;
}

/** Input of every person workflow type. Signal-with-start gives an empty inbox: the signal brings the event. */
export interface PersonRunInput {
  /** The person's UUID. */
  person: string;
  /** Events that an earlier run received and did not take. */
  inbox?: EventRef[];
  /** Operations to try again that an earlier run received and did not take. */
  retries?: string[];
  /**
   * Directories in which an activity of the run before had not yet confirmed that it stopped, with the time (ISO 8601)
   * from which it surely has: its heartbeat has timed out by then.
   */
  fences?: Record<string, string>;
  /** What an event interrupted. It goes on should that event come to nothing (refused, rescinded, closed before). */
  resume?: { event?: EventRef; retries: string[] };
}

/** What became of one operation. */
export interface OperationResult {
  operationId: string;
  outcome: OperationOutcome;
  /** Why, when it is not plain success. A sentence, without secrets. */
  reason?: string;
  before?: Attributes;
  after?: Attributes;
  /** How often it was tried, this time included. */
  attempts: number;
  /** ISO 8601, UTC. */
  startedAt: string;
  finishedAt: string;
}

/** The account as a lane left it. What was not read on the way is absent. */
export interface AccountState {
  id: string;
  name?: string;
  state: 'active' | 'disabled' | 'deleted';
  attributes?: Attributes;
  container?: string;
}

/** Input of `applyLane`. */
export interface LaneInput {
  directory: string;
  correlation: CorrelationKey;
  accountId?: string;
  operations: Operation[];
  /** Access is being cut: whatever the error, it is tried again. */
  cut: boolean;
  /** How often the first of these operations was tried by earlier calls. */
  attemptsBefore: number;
}

/** Result of `applyLane`: everything that was finished, in order. */
export interface LaneResult {
  results: OperationResult[];
  account?: AccountState;
  /** Set when the directory stopped answering after some operations were done; the rest is still to do. */
  stopped?: { category: string; reason: string; retryAfterMs?: number };
}

/** Input of `planEvent`. */
export interface PlanEventInput {
  person: string;
  event: string;
  workflowId: string;
  runId: string;
  /** Second wave: only these directories, which the first wave deferred. */
  only?: string[];
  /** It was planned before and interrupted by an event that came to nothing: plan what is still to do. */
  resume?: boolean;
}

/** What a run has to do for an event. */
export interface PlannedRun {
  /** Access is being cut: first in every queue, tried again whatever the error. */
  cut: boolean;
  lanes: Lane[];
  mail: Operation[];
  later: { afterMs: number; lane: Lane }[];
  /** Directories that can only be planned when the lanes before them have ended. */
  deferred: string[];
  /** The person can use an account already, whatever the lanes come to. */
  hasAccount?: boolean;
}

/** Input of `planRetry`: the report's rows to try again. */
export interface PlanRetryInput {
  person: string;
  operations: string[];
  workflowId: string;
  runId: string;
  /** Second wave: only these directories, which the first wave deferred. */
  only?: string[];
}

/** Result of `planEvent`. */
export type PlanEventResult =
  | ({ outcome: 'planned' } & PlannedRun)
  /** The event cannot apply to the person as they stand (a mover of somebody who has left); it is closed with the reason. */
  | { outcome: 'refused'; reason: string }
  /** It was taken or closed before: a signal that came twice, or an event that was superseded. */
  | { outcome: 'closed' }
  /** An event that was accepted earlier has not arrived as a signal yet; it goes first. */
  | { outcome: 'earlier'; event: EventRef };

/** Input of `recordOutcomes`. */
export interface RecordOutcomesInput {
  person: string;
  event?: string;
  results: OperationResult[];
  accounts: { directory: string; account: AccountState }[];
  /** Set once nothing is left to do or to wait for but a grace period. */
  finished: boolean;
}

/** Input of `sendMail`. */
export interface SendMailInput {
  operationId: string;
  person: string;
  kind: 'send-activation-mail' | 'send-reset-mail';
  to: string;
}

/** Where one lane stands. */
export interface LaneProgress {
  directory: string;
  state: 'open' | 'waiting' | 'done';
  reason?: string;
}

/** Answer of the `progress` query. */
export interface RunProgress {
  event?: EventRef;
  state: 'waiting-for-date' | 'planning' | 'applying' | 'waiting' | 'grace' | 'done';
  lanes: LaneProgress[];
  inbox: EventRef[];
}
