import type { PersonRunInput } from '../contracts/person-run.js';
import { runPerson } from './person-run/person-run.js';

/**
 * Somebody leaves: access is cut everywhere first, and after the grace period the accounts are deleted. Steps are never
 * taken back; they are tried until they succeed.
 */
export async function leaver(input: PersonRunInput): Promise<void> {
  await runPerson('leaver', input);
}
