import { appendFileSync, renameSync, statSync } from 'node:fs';

const ROTATE_AT_BYTES = 20 * 1024 * 1024;
/** Lines between two looks at the size. */
const LOOK_EVERY = 1_000;

/** Appends lines to a file; when it has grown large it becomes `<file>.1` and a new one begins. */
export function logFile(path: string): (line: string) => void {
  let lines = 0;
  return (line) => {
    if (lines++ % LOOK_EVERY === 0 && sizeOf(path) > ROTATE_AT_BYTES) renameSync(path, `${path}.1`);
    appendFileSync(path, `${line}\n`, { mode: 0o600 });
  };
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}
