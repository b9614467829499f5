import type { Connection } from '@temporalio/client';
import { temporal } from '@temporalio/proto';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { timeSkippingProgram } from '../prerequisites/time-skipping-program.js';

/**
 * Starts a Temporal server that skips time while nothing else is to do, so that a wait of months takes no time at all.
 * Awaiting a workflow's result with its client, or `sleep()`, lets time run. End it with `teardown()`.
 * @param keywords search attributes of kind Keyword to register
 */
export async function startTimeSkipping(keywords: string[] = []): Promise<TestWorkflowEnvironment> {
  const path = await timeSkippingProgram();
  const environment = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  if (keywords.length > 0) await registerKeywords(environment.connection, keywords);
  return environment;
}

async function registerKeywords(connection: Connection, keywords: string[]): Promise<void> {
  const keyword = temporal.api.enums.v1.IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD;
  await connection.operatorService.addSearchAttributes({
    namespace: 'default',
    searchAttributes: Object.fromEntries(keywords.map((name) => [name, keyword])),
  });
}
