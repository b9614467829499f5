import type { PersonRunInput } from '../contracts/person-run.js';
import { runPerson } from './person-run/person-run.js';

/**
 * Somebody comes back: the accounts they had, under their anchors, and what the policy grants them now.
 */
export async function rehire(input: PersonRunInput): Promise<void> {
  await runPerson('rehire', input);
}
