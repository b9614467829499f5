import { Injectable } from '@nestjs/common';
import { Client, WorkflowExecutionAlreadyStartedError, WorkflowNotFoundError } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import { PASSWORD_SIGNALS, type PasswordRunInput } from '../../contracts/password-run.js';
import type { SendMailInput } from '../../contracts/person-run.js';
import { SEARCH_ATTRIBUTES } from '../../contracts/search-attributes.js';
import { CORE_QUEUE, PRIORITY } from '../../contracts/task-queues.js';
import type { RunToStart } from '../../persistence/password-hand-over.repository.js';

/** How long a call to Temporal may take. */
const DEADLINE_MS = 10_000;

/** Starts and signals the runs of passwords and of their mails. */
@Injectable()
export class PasswordRuns {
  constructor(private readonly client: Client) {}

  /** Starts a run, once: an id that was used is never used again. Gives the run's id. */
  async start(run: RunToStart): Promise<string> {
    const [type, args, directories] = describe(run);
    return this.client.withDeadline(Date.now() + DEADLINE_MS, async () => {
      try {
        const handle = await this.client.workflow.start(type, {
          workflowId: run.workflowId,
          taskQueue: CORE_QUEUE,
          args,
          workflowIdReusePolicy: 'REJECT_DUPLICATE',
          // Its activities inherit it.
          priority: { priorityKey: PRIORITY.interactive },
          typedSearchAttributes: new TypedSearchAttributes([
            { key: SEARCH_ATTRIBUTES.person, value: run.person },
            { key: SEARCH_ATTRIBUTES.directories, value: directories },
          ]),
        });
        return handle.firstExecutionRunId;
      } catch (error) {
        if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
        return (await this.client.workflow.getHandle(run.workflowId).describe()).runId;
      }
    });
  }

  /** Tells a run that its password is no longer the one. One that has ended need not know. */
  async supersede(workflowId: string): Promise<void> {
    try {
      await this.client.withDeadline(Date.now() + DEADLINE_MS, () =>
        this.client.workflow.getHandle(workflowId).signal(PASSWORD_SIGNALS.superseded),
      );
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw error;
    }
  }
}

function describe(run: RunToStart): [type: string, args: [PasswordRunInput] | [SendMailInput], directories: string[]] {
  const { person } = run;
  if (run.kind === 'send-reset-mail') {
    return ['passwordMail', [{ person, operationId: run.operationId, kind: run.kind, to: run.to }], []];
  }
  const { request, envelopes, expiresAt } = run;
  const directories = envelopes.map(({ directory }) => directory);
  return ['password', [{ person, request, envelopes, expiresAt: expiresAt.toISOString() }], directories];
}
