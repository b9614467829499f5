import { hostname } from 'node:os';
import { Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { CORE_QUEUE } from '../contracts/task-queues.js';
import { temporalConnection } from '../contracts/temporal-connection.js';

/** A worker asks for work at least once a minute, even when there is none. */
const RECENT_MS = 120_000;
const TIMEOUT_MS = 5_000;

/**
 * For containers: ends well when Temporal says that a worker of this host asked for work lately. A worker listens on no
 * port, so it cannot be asked itself; and one that lives but has lost Temporal is not healthy.
 */
async function main(): Promise<void> {
  const { connectionOptions, namespace } = temporalConnection();
  const connection = await Connection.connect({ ...connectionOptions, connectTimeout: TIMEOUT_MS });
  try {
    const { pollers } = await connection.withDeadline(Date.now() + TIMEOUT_MS, () =>
      connection.workflowService.describeTaskQueue({
        namespace,
        taskQueue: { name: CORE_QUEUE },
        taskQueueType: temporal.api.enums.v1.TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
      }),
    );
    // The SDK's default identity is <process id>@<host name>.
    const ours = pollers?.filter(({ identity }) => identity?.endsWith(`@${hostname()}`)) ?? [];
    const latest = Math.max(...ours.map(({ lastAccessTime }) => Number(lastAccessTime?.seconds ?? 0) * 1000));
    if (Date.now() - latest > RECENT_MS) throw new Error(`No worker of ${hostname()} asks Temporal for work.`);
  } finally {
    await connection.close();
  }
}

main().catch((error: Error) => {
  console.error(error.message);
  process.exitCode = 1;
});
