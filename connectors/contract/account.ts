import type { Attributes } from '../../domain/person/attributes.js';

export type { AccountDelta, AccountDraft, CorrelationKey, UniqueName } from '../../domain/plan/operation.js';

/** An account's anchor: immutable, given by the directory (objectGUID as lower-case UUID, Graph id). Never a DN, UPN or address. */
export type AccountId = string;

/** A person's record in one directory, as it was read. */
export interface Account {
  id: AccountId;
  /** What people call it: the DN in AD, the UPN in Entra ID. It may change; never identify by it. */
  name: string;
  enabled: boolean;
  /** The attributes that the connector knows of, in the directory's own words. */
  attributes: Attributes;
  /** Where it stands, in directories that have places. */
  container?: string;
  /** ISO 8601, where the directory tells. */
  createdAt?: string;
}

/** A group of a directory. */
export interface Group {
  /** The group's anchor. */
  id: string;
  name: string;
}
