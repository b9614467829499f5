import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { HAND_OVER_DEFAULTS } from '../../api/api-options.js';
import { SEARCH_ATTRIBUTES } from '../../contracts/search-attributes.js';
import { PRIORITY } from '../../contracts/task-queues.js';
import { eventually } from '../../test/eventually.js';
import { type RunningChild, startChild } from '../../worker/embedded/child.js';
import { rateOf, sideBySide } from '../measuring/side-by-side.js';
import { NO_OP_QUEUES, NO_OP_SIGNAL } from './no-op-names.js';

/** Workflows that have a joiner's shape and do nothing, with a worker process of their own, on the service's Temporal. */
export class NoOpRuns {
  private constructor(
    private readonly worker: RunningChild,
    private readonly connection: Connection,
    private readonly finished: () => number,
  ) {}

  static async start(address: string): Promise<NoOpRuns> {
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
    return new NoOpRuns(worker, await Connection.connect({ address }), () => finished);
  }

  get pid(): number {
    return this.worker.pid;
  }

  /** Starts runs as the API does, and gives how many a second came to their end. */
  async run(prefix: string, count: number): Promise<number> {
    const client = new Client({ connection: this.connection });
    const target = this.finished() + count;
    return await rateOf(count, async () => {
      await sideBySide(count, HAND_OVER_DEFAULTS.concurrency, async (index) => {
        const name = `${prefix}${index}`;
        await client.workflow.signalWithStart('noOpJoiner', {
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
      });
      await eventually(() => this.finished() >= target, { withinMs: 900_000, what: `${count} no-op runs` });
    });
  }

  async stop(): Promise<void> {
    await this.connection.close();
    await this.worker.stop();
  }
}
