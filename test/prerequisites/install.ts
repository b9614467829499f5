import { ensurePrerequisites } from './prerequisites.js';

/*
 * `tsx test/prerequisites/install.ts`: installs what the tests run for real, as root on Debian; elsewhere it says what to
 * install. Ends with 1 when something is missing still. Takes less than a second when all is there.
 */
async function main(): Promise<void> {
  const complaints = await ensurePrerequisites((line) => console.log(line));
  for (const complaint of complaints) console.error(complaint);
  process.exitCode = complaints.length > 0 ? 1 : 0;
}

void main();
