import {
  condition,
  defineSignal,
  proxyActivities,
  proxyLocalActivities,
  setHandler,
  upsertSearchAttributes,
} from '@temporalio/workflow';
import { SEARCH_ATTRIBUTES } from '../../contracts/search-attributes.js';
import { NO_OP_QUEUES, NO_OP_SIGNAL } from './no-op-names.js';
import type { NoOpActivities } from './no-op-worker.js';

const core = proxyLocalActivities<NoOpActivities>({ startToCloseTimeout: '30s' });
const on = (taskQueue: string) =>
  proxyActivities<NoOpActivities>({ taskQueue, startToCloseTimeout: '2 minutes', heartbeatTimeout: '5s' });

/** Everything that a joiner's run asks of Temporal, and nothing of what it asks of anybody else. */
export async function noOpJoiner(): Promise<void> {
  let signalled = false;
  setHandler(defineSignal(NO_OP_SIGNAL), () => {
    signalled = true;
  });
  await condition(() => signalled);
  await core.nothing();
  upsertSearchAttributes([{ key: SEARCH_ATTRIBUTES.directories, value: [NO_OP_QUEUES.first, NO_OP_QUEUES.second] }]);
  await Promise.all([on(NO_OP_QUEUES.first).nothing(), on(NO_OP_QUEUES.second).nothing()]);
  await core.nothing();
  await on(NO_OP_QUEUES.mail).nothing();
  await core.finish();
}
