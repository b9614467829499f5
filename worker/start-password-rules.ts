import { type Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { SEARCH_ATTRIBUTES } from '../contracts/search-attributes.js';
import { CORE_QUEUE } from '../contracts/task-queues.js';
import { passwordRulesWorkflowId } from '../contracts/workflow-ids.js';

/**
 * Has every directory asked what it demands of passwords, for the activation page. A directory that is away is asked
 * until it answers; one that is being asked already is not asked twice.
 */
export async function startPasswordRules(client: Client, directories: readonly string[]): Promise<void> {
  await Promise.all(
    directories.map(async (directory) => {
      try {
        await client.workflow.start('passwordRules', {
          workflowId: passwordRulesWorkflowId(directory),
          taskQueue: CORE_QUEUE,
          args: [directory],
          typedSearchAttributes: [{ key: SEARCH_ATTRIBUTES.directories, value: [directory] }],
        });
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
      }
    }),
  );
}
