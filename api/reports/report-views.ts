import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { OPERATION_KINDS, OPERATION_OUTCOMES } from '../../domain/plan/operation.js';
import type { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { textOrNull } from '../openapi/text-or-null.js';

const attributes = z.record(z.string(), z.unknown()).nullable();

/** One row of the report. */
export const operationViewSchema = z.object({
  id: z.string(),
  endUser: z
    .object({
      id: z.uuid().describe("Tenure's id of the person"),
      personId: z.string(),
      displayName: z.string().optional(),
      userName: z.string().optional(),
      mail: z.string().optional(),
    })
    .describe('The person, as they were called then'),
  application: z.string().describe('Name of the directory, or mail'),
  operation: z.enum(OPERATION_KINDS),
  target: z.string().describe('Name of the account or group'),
  outcome: z.enum(OPERATION_OUTCOMES).describe('planned and waiting are open, the others are final'),
  reason: textOrNull('Why it ended like this, when it is not plain success'),
  before: attributes,
  after: attributes,
  attempts: z.int(),
  plannedAt: z.iso.datetime(),
  startedAt: z.iso.datetime().nullable(),
  finishedAt: z.iso.datetime().nullable(),
  actor: z.string(),
  source: z.string(),
  event: z.uuid().nullable().describe('The event behind it'),
  workflowId: z.string(),
  runId: z.string(),
  retryOf: textOrNull('The operation that this one tries again'),
  links: z.object({ self: z.string(), history: z.string() }),
});
export type OperationView = z.infer<typeof operationViewSchema>;

export class OperationDto extends createZodDto(operationViewSchema) {}
export class ReportPageDto extends createZodDto(
  z.object({
    items: z.array(operationViewSchema).describe('Newest first'),
    nextCursor: textOrNull('Send it as `cursor` for the next page; null on the last one'),
  }),
) {}

/** How a row is shown. */
export function operationView(row: OperationEntity): OperationView {
  const self = `/api/v1/reports/provisioning/${encodeURIComponent(row.id)}`;
  return {
    id: row.id,
    endUser: { id: row.personUuid, ...row.endUser },
    application: row.application,
    operation: row.kind,
    target: row.target,
    outcome: row.outcome,
    reason: row.reason,
    before: row.before,
    after: row.after,
    attempts: row.attempts,
    plannedAt: row.plannedAt.toISOString(),
    startedAt: row.startedAt?.toISOString() ?? null,
    finishedAt: row.finishedAt?.toISOString() ?? null,
    actor: row.actor,
    source: row.source,
    event: row.eventUuid,
    workflowId: row.workflowId,
    runId: row.runId,
    retryOf: row.retryOf,
    links: { self, history: `${self}/history` },
  };
}
