import type { PersonRunInput } from '../contracts/person-run.js';
import { runPerson } from './person-run/person-run.js';

/**
 * Somebody moves: accounts and memberships follow the new attributes; what is no longer granted is cut and later deleted.
 */
export async function mover(input: PersonRunInput): Promise<void> {
  await runPerson('mover', input);
}
