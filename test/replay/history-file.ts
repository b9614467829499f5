import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { History } from '@temporalio/common/lib/proto-utils';
import { historyToJSON } from '@temporalio/common/lib/proto-utils';

/** Writes a history for replay.spec.ts, without what tells of the machine that it was recorded on. */
export function writeHistory(name: string, history: History): void {
  writeFileSync(join(__dirname, 'histories', `${name}.json`), withoutMachine(historyToJSON(history)));
}

/** Process ids, host names, paths in stack traces: replaying needs none of them. */
function withoutMachine(json: string): string {
  const clean = (key: string, value: unknown): unknown => {
    if (key === 'stackTrace') return '';
    // `pid@host`, and names of queues that begin so.
    return typeof value === 'string' && /^\d+@/.test(value) ? 'worker' : value;
  };
  return `${JSON.stringify(JSON.parse(json, clean), undefined, 2)}\n`;
}
