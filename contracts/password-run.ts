/*
 * The workflow `password` under the id `password/<request's UUID>`: brings one password to every directory of a person.
 * The password itself never gets near it. The API sealed it to the worker's public key, one envelope per directory, and
 * the workflow only knows the envelopes' ids.
 */

/** Input of the `password` workflow. */
export interface PasswordRunInput {
  person: string;
  request: string;
  /** One per directory, with the report's row for it. */
  envelopes: { id: string; directory: string; operationId: string }[];
  /** After this the envelopes are gone and directories that did not answer are given up (ISO 8601). */
  expiresAt: string;
}
