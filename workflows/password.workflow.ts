import { defineQuery, defineSignal, setHandler, workflowInfo } from '@temporalio/workflow';
import {
  PASSWORD_QUERIES,
  PASSWORD_SIGNALS,
  type PasswordProgress,
  type PasswordRunInput,
} from '../contracts/password-run.js';
import { PasswordLane } from './password-run/password-lane.js';

export const supersededSignal = defineSignal(PASSWORD_SIGNALS.superseded);
export const passwordProgressQuery = defineQuery<PasswordProgress>(PASSWORD_QUERIES.progress);

/**
 * Somebody chose a password: every directory gets it, side by side. One that does not answer gets it when it is back,
 * until the sealed password expires.
 */
export async function password(input: PasswordRunInput): Promise<void> {
  const { runId } = workflowInfo();
  const lanes = input.envelopes.map((envelope) => new PasswordLane({ ...input, runId }, envelope));
  setHandler(passwordProgressQuery, () => ({ directories: lanes.map((lane) => ({ ...lane.progress })) }));
  setHandler(supersededSignal, () => {
    for (const lane of lanes) lane.supersede();
  });
  await Promise.all(lanes.map((lane) => lane.run()));
}
