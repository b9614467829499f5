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

/** What Tenure last knew of a person's account in one directory. `knownAfter` keeps it in step with what was done. */
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
  /** The groups that were taken away since access was cut, for whoever undoes it. A rehire asks the policy instead. */
  withdrawn?: string[];
  /** Correlation value of the manager that Tenure set. */
  manager?: string;
  /** When Tenure cut access (ISO 8601); the grace period counts from here. Absent while the account is active. */
  cutAt?: string;
}

/** The ordered operations of one directory. They run one after the other; lanes of different directories run side by side. */
export interface Lane {
  directory: string;
  correlation: CorrelationKey;
  /** Anchor of the account when it is known; otherwise the account is looked up by `correlation`. */
  accountId?: string;
  operations: Operation[];
  /** The lane starts only when the lanes of these have ended well. Only names of lanes in the same plan. */
  after: string[];
}

/** What has to happen because of one event. */
export interface Plan {
  lanes: Lane[];
  /**
   * Directories that cannot be planned yet, because their mapping reads an account that another lane of this plan is
   * still to make or change. When that lane has ended, plan again with `only` set to these names. What the lane did not
   * achieve stands in the second plan's `failed`.
   */
  deferred: string[];
  /** Mail that goes out once at least one of the lanes has its account; at once when there are no lanes. */
  mail: Operation[];
  /** Operations that cannot succeed as they are: the report shows them as failed at once, and nothing is sent. */
  failed: { operation: Operation; reason: string }[];
  /** What is done when the grace period has passed, or as a second look. Milliseconds from now. */
  later: { afterMs: number; lane: Lane }[];
  /** Sentences for people about what was left out on the way: an attribute without a value, say. */
  warnings: string[];
  /** The person as the event leaves them. */
  person: Pick<Person, 'state' | 'attributes'>;
}

/** Everything a plan follows from. */
export interface PlanningState {
  /** The person as they were before the event. */
  person: Person;
  event: Pick<LifecycleEvent, 'id' | 'type' | 'attributes'>;
  directories: PlannedDirectory[];
  accounts: KnownAccount[];
  /** Plan these directories alone, and no mail: the second wave, for what the first one `deferred`. */
  only?: string[];
  /** Directories in which an account was being made a moment ago, and nobody knows whether it was. */
  unsure?: string[];
  /** ISO 8601; with it a grace period that began earlier (`cutAt`) is counted from its beginning. */
  now?: string;
  /**
   * `due`: an activation mail was planned for an earlier event and never went out, so it goes out with this plan.
   * `open`: one went out and its link still works, so a new account needs no second one.
   * `unaddressed`: there was no address to send it to, so it goes out as soon as there is one.
   */
  activation?: 'due' | 'open' | 'unaddressed';
}
