import { NativeConnection, Worker } from '@temporalio/worker';
import { NO_OP_QUEUES } from './no-op-names.js';

/** Activities that do nothing. `finish` is a run's last one. */
export interface NoOpActivities {
  nothing(): Promise<void>;
  finish(): Promise<void>;
}

/**
 * A worker process as Tenure's is (one connection, a worker for each queue, as many slots), with nothing to do. Its
 * argument is Temporal's address. Says `ready`, and after every run how many it has finished.
 */
async function main([address]: string[]): Promise<void> {
  const connection = await NativeConnection.connect({ address });
  let finished = 0;
  const activities: NoOpActivities = {
    nothing: async () => undefined,
    finish: async () => {
      finished++;
      console.log(`finished ${finished}`);
    },
  };
  const { core, ...others } = NO_OP_QUEUES;
  const workers = await Promise.all([
    Worker.create({
      connection,
      taskQueue: core,
      workflowsPath: require.resolve('./no-op.workflow.js'),
      activities,
      maxCachedWorkflows: 600,
      bundlerOptions: {
        webpackConfigHook: (config) => ({
          ...config,
          resolve: { ...config.resolve, extensionAlias: { '.js': ['.ts', '.js'] } },
        }),
      },
    }),
    ...Object.values(others).map((taskQueue) =>
      Worker.create({ connection, taskQueue, activities, maxConcurrentActivityTaskExecutions: 40 }),
    ),
  ]);
  console.log('ready');
  await Promise.all(workers.map((worker) => worker.run()));
  await connection.close();
}

if (require.main === module) {
  main(process.argv.slice(2)).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
  });
}
