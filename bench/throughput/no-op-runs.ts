import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { HAND_OVER_DEFAULTS } from '../../api/api-options.js';
import { SEARCH_ATTRIBUTES } from '../../contracts/search-attributes.js';
import { PRIORITY } from '../../contracts/task-queues.js';
import { eventually } from '../../test/eventually.js';
import { startChild } from '../../worker/embedded/child.js';
import { rateOf, sideBySide } from '../measuring/side-by-side.js';
import { NO_OP_QUEUES, NO_OP_SIGNAL } from './no-op-names.js';

/** Runs per second of workflows that have a joiner's shape and do nothing, on the Temporal at that address. */
export async function noOpRuns(address: string, count: number): Promise<number> {
  let finished = 0;
  const worker = await startChild({
    name: 'The no-op worker',
    command: process.execPath,
    args: ['--import', 'tsx', join(__dirname, 'no-op-worker.ts'), address],
    ready: /^ready$/,
    log: (line) => {
      finished = Number(/^finished (\d+)$/.exec(line)?.[1] ?? finished);
    },
    readyTimeout: 60_000,
  });
  const connection = await Connection.connect({ address });
  try {
    const client = new Client({ connection });
    const begin = (name: string) =>
      client.workflow.signalWithStart('noOpJoiner', {
        workflowId: `bench/${name}`,
        taskQueue: NO_OP_QUEUES.core,
        signal: NO_OP_SIGNAL,
        priority: { priorityKey: PRIORITY.normal },
        typedSearchAttributes: [
          { key: SEARCH_ATTRIBUTES.person, value: name },
          { key: SEARCH_ATTRIBUTES.eventType, value: 'joiner' },
          { key: SEARCH_ATTRIBUTES.source, value: 'bench' },
        ],
      });
    const all = async (name: string, runs: number) => {
      const target = finished + runs;
      await sideBySide(runs, HAND_OVER_DEFAULTS.concurrency, async (index) => void (await begin(`${name}-${index}`)));
      await eventually(() => finished >= target, { withinMs: 600_000, what: `${runs} no-op runs` });
    };
    await all('warm-up', 100);
    return await rateOf(count, () => all('run', count));
  } finally {
    await connection.close();
    await worker.stop();
  }
}
