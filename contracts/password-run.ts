import type { LaneProgress, OperationResult } from './person-run.js';

/*
 * The workflow `password` under the id `password/<request's UUID>`: brings one password to every directory of a person.
 * The password itself never gets near it. The API sealed it to the worker's public key, one envelope per directory, and
 * the workflow only knows the envelopes' ids.
 */

/** Names of the signals and queries of a password run. */
export const PASSWORD_SIGNALS = {
  /** The person chose another password: stop waiting, so that the newer one can be set. */
  superseded: 'superseded',
} as const;
export const PASSWORD_QUERIES = { progress: 'progress' } as const;

/** Input of the `password` workflow. */
export interface PasswordRunInput {
  person: string;
  request: string;
  /** One per directory, with the report's row for it. */
  envelopes: { id: string; directory: string; operationId: string }[];
  /** After this the envelopes are gone and directories that did not answer are given up (ISO 8601). */
  expiresAt: string;
}

/** Answer of the `progress` query. */
export interface PasswordProgress {
  directories: LaneProgress[];
}

/** Input of `applyPassword`. */
export interface ApplyPasswordInput {
  person: string;
  request: string;
  directory: string;
  envelopeId: string;
  operationId: string;
  /** How often it was tried by earlier calls. */
  attemptsBefore: number;
}

/** What became of the password in one directory. */
export interface PasswordResult {
  result: OperationResult;
  /** The directory takes a password, but not this one: the person can choose another. */
  chooseAgain: boolean;
}

/** Input of `recordPasswordOutcomes`. */
export interface RecordPasswordOutcomesInput {
  request: string;
  runId: string;
  results: PasswordResult[];
}
