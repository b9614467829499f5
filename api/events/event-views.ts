import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { personWorkflowId } from '../../contracts/workflow-ids.js';
import { EVENT_STATES, EVENT_TYPES } from '../../domain/event/lifecycle-event.js';
import type { LifecycleEventEntity } from '../../persistence/entities/lifecycle-event.entity.js';
import type { AcceptedEvent } from '../../persistence/event-acceptance.repository.js';
import type { FollowedEvent } from '../../persistence/lifecycle-event.repository.js';
import { textOrNull } from '../openapi/text-or-null.js';
import { problemSchema } from '../problems/problem.js';
import { operationView, operationViewSchema } from '../reports/report-views.js';
import { eventBodySchema, MOST_EVENTS } from './event-body.js';

const acceptedViewSchema = z.object({
  event: z.object({
    id: z.uuid(),
    type: z.enum(EVENT_TYPES),
    source: z.string(),
    eventId: z.string(),
    effectiveAt: z.iso.datetime(),
    urgent: z.boolean(),
    state: z.enum(EVENT_STATES),
  }),
  person: z.object({ id: z.uuid().describe("Tenure's id"), personId: z.string().describe("HR's id") }),
  workflowId: z.string(),
  links: z.object({ event: z.string(), person: z.string() }),
});
export type AcceptedView = z.infer<typeof acceptedViewSchema>;

const eventResultSchema = z
  .object({ status: z.int().describe('202 accepted, 200 repeated, 409 conflict, 400 not valid') })
  .extend(acceptedViewSchema.partial().shape)
  .extend({ problem: problemSchema.optional() })
  .meta({ id: 'EventResult' });
export type EventResult = z.infer<typeof eventResultSchema>;

/** How an event is shown: as HR said it, and how far it is. */
export const eventViewSchema = z.object({
  id: z.uuid(),
  type: z.enum(EVENT_TYPES),
  source: z.string(),
  eventId: z.string(),
  effectiveAt: z.iso.datetime(),
  urgent: z.boolean(),
  attributes: z.record(z.string(), z.unknown()),
  actor: z.string(),
  state: z.enum(EVENT_STATES),
  reason: textOrNull('Why it was superseded or failed'),
  acceptedAt: z.iso.datetime(),
  handedOverAt: z.iso.datetime().nullable().describe('When Temporal got it'),
  takenAt: z.iso.datetime().nullable().describe('When a run began with it'),
  finishedAt: z.iso.datetime().nullable(),
});

const followedViewSchema = z.object({
  event: eventViewSchema,
  person: acceptedViewSchema.shape.person,
  workflowId: z.string(),
  runId: textOrNull('The run that took it'),
  operations: z.array(operationViewSchema).describe('What was planned and done, oldest first'),
  links: z.object({ person: z.string() }),
});

/** The body of `POST /api/v1/events`, for the API document. */
export class EventDto extends createZodDto(eventBodySchema) {}
export class AcceptedDto extends createZodDto(acceptedViewSchema) {}
export class EventResultsDto extends createZodDto(
  z.object({ items: z.array(eventResultSchema).max(MOST_EVENTS).describe('In the order of the request') }),
) {}
export class FollowedEventDto extends createZodDto(followedViewSchema) {}
export class EventViewDto extends createZodDto(eventViewSchema) {}

/** The answer to an event that was accepted, now or before. */
export function acceptedView(event: AcceptedEvent): AcceptedView {
  return {
    event: {
      id: event.id,
      type: event.type,
      source: event.source,
      eventId: event.eventId,
      effectiveAt: event.effectiveAt.toISOString(),
      urgent: event.urgent,
      state: event.state,
    },
    person: { id: event.personUuid, personId: event.personId },
    workflowId: personWorkflowId(event.personUuid),
    links: { event: `/api/v1/events/${event.id}`, person: `/api/v1/people/${event.personUuid}` },
  };
}

/** An event by itself. */
export function eventView(event: LifecycleEventEntity): z.infer<typeof eventViewSchema> {
  return {
    id: event.id,
    type: event.type,
    source: event.source,
    eventId: event.eventId,
    effectiveAt: event.effectiveAt.toISOString(),
    urgent: event.urgent,
    attributes: event.attributes,
    actor: event.actor,
    state: event.state,
    reason: event.reason,
    acceptedAt: event.acceptedAt.toISOString(),
    handedOverAt: event.handedOverAt?.toISOString() ?? null,
    takenAt: event.takenAt?.toISOString() ?? null,
    finishedAt: event.finishedAt?.toISOString() ?? null,
  };
}

/** An event with all that it brought about. */
export function followedView({ event, person, operations }: FollowedEvent): z.infer<typeof followedViewSchema> {
  return {
    event: eventView(event),
    person: { id: person.id, personId: person.personId },
    workflowId: personWorkflowId(person.id),
    runId: event.workflowRunId,
    operations: operations.map(operationView),
    links: { person: `/api/v1/people/${person.id}` },
  };
}
