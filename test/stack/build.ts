import { execFileSync } from 'node:child_process';

/** Before the whole-stack tests: they run what a user runs, the built service. */
module.exports = function build(): void {
  execFileSync('npm', ['run', '--silent', 'build'], { stdio: 'inherit' });
};
