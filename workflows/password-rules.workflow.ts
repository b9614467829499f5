import { proxyActivities } from '@temporalio/workflow';
import type { PasswordDirectoryActivities } from '../activities/password/password.activities.js';
import { directoryQueue } from '../contracts/task-queues.js';

/** Asks a directory what it demands of passwords, for the activation page. Started whenever a worker starts. */
export async function passwordRules(directory: string): Promise<void> {
  const activities = proxyActivities<PasswordDirectoryActivities>({
    taskQueue: directoryQueue(directory),
    startToCloseTimeout: '60s',
    heartbeatTimeout: '5s',
    retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '60s' },
  });
  await activities.readPasswordRules(directory);
}
