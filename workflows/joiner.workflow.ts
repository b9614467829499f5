import type { PersonRunInput } from '../contracts/person-run.js';
import { runPerson } from './person-run/person-run.js';

/**
 * Somebody joins: accounts in the directories that the policy grants, manager and memberships, then the activation mail.
 */
export async function joiner(input: PersonRunInput): Promise<void> {
  await runPerson('joiner', input);
}
