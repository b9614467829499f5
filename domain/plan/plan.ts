import type { LifecycleEvent } from '../event/lifecycle-event.js';
import type { Attributes } from '../person/attributes.js';
import type { Person } from '../person/person.js';
import type { CorrelationKey, Operation } from './operation.js';

/** What planning must know of a directory. */
export interface PlannedDirectory {
  /** Unique; the word that policies, the report and the API use for it. */
  name: string;
  kind: string;
  /** What its connector can do; operations it cannot do are not planned. */
  can: { passwords: boolean; sessions: boolean; groups: boolean; managers: boolean; restore: boolean };
}

/** What Tenure last knew of a person's account in one directory. */
export interface KnownAccount {
  directory: string;
  /** The anchor. */
  id: string;
  /** For people: DN, UPN. */
  name: string;
  state: 'active' | 'disabled' | 'deleted';
  attributes: Attributes;
  container?: string;
  /** The groups that Tenure put it into, by the name the policy uses. */
  memberships: string[];
  /** Correlation value of the manager that Tenure set. */
  manager?: string;
}

/** The ordered operations of one directory. They run one after the other; lanes of different directories run side by side. */
export interface Lane {
  directory: string;
  correlation: CorrelationKey;
  /** Anchor of the account when it is known; otherwise the account is looked up by `correlation`. */
  accountId?: string;
  operations: Operation[];
  /** The lane starts only when these have ended well (their accounts' attributes are used here). */
  after: string[];
}

/** What has to happen because of one event. */
export interface Plan {
  lanes: Lane[];
  /** Mail that goes out once at least one of the lanes has its account. */
  mail: Operation[];
  /** For a leaver: what is done when the grace period has passed. Milliseconds per lane's directory. */
  later: { afterMs: number; lane: Lane }[];
  /** The person as the event leaves them. */
  person: Pick<Person, 'state' | 'attributes'>;
}

/** Everything a plan follows from. */
export interface PlanningState {
  person: Person;
  event: Pick<LifecycleEvent, 'id' | 'type' | 'attributes'>;
  directories: PlannedDirectory[];
  accounts: KnownAccount[];
}
