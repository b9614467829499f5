import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * `npm test`: prerequisites, then types, style, layers and unused code, then every test. Names of files after `--` go to
 * jest: `npm test -- domain`. The last line counts tests and checks alike: `N passed, N failed`.
 */

let passed = 0;
let failed = 0;

/** Runs a command in the foreground; true when it ended well. */
function run(title: string, command: string, args: string[]): boolean {
  console.log(`\n── ${title}`);
  const started = Date.now();
  const { status } = spawnSync(command, args, { stdio: 'inherit' });
  console.log(`── ${title}: ${status === 0 ? 'well' : 'FAILED'} (${Math.round((Date.now() - started) / 1000)} s)`);
  return status === 0;
}

function check(title: string, command: string, args: string[]): void {
  if (run(title, command, args)) passed++;
  else failed++;
}

/** The counts of a jest run; a suite that could not even be loaded counts as one failure. */
function jest(title: string, project: string, files: string[], workers: string): void {
  const folder = mkdtempSync(join(tmpdir(), 'tenure-jest-'));
  const output = join(folder, 'result.json');
  const options = ['--selectProjects', project, '--json', `--outputFile=${output}`, '--maxWorkers', workers];
  const well = run(title, 'npx', ['jest', ...options, '--passWithNoTests', ...files]);
  try {
    const result = JSON.parse(readFileSync(output, 'utf8'));
    passed += result.numPassedTests;
    failed += result.numFailedTests + result.numRuntimeErrorTestSuites + result.numPendingTests;
    if (!well && result.numFailedTests + result.numRuntimeErrorTestSuites === 0) failed++;
  } catch {
    failed++;
  }
  rmSync(folder, { recursive: true, force: true });
}

const files = process.argv.slice(2);
if (!run('prerequisites', 'npx', ['tsx', 'test/prerequisites/install.ts'])) process.exit(1);
if (files.length === 0) {
  check('types', 'npm', ['run', '--silent', 'types']);
  check('style', 'npm', ['run', '--silent', 'style']);
  check('layers', 'npm', ['run', '--silent', 'layers']);
  check('unused code', 'npm', ['run', '--silent', 'unused']);
  check('build', 'npm', ['run', '--silent', 'build']);
}
// Whole-stack tests start servers of their own; two suites at a time keep two processors busy.
jest('tests of the rooms', 'rooms', files, '2');
jest('whole-stack tests', 'stack', files, '2');

console.log(`\n${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
