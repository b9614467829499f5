import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { personWorkflowId } from '../../contracts/workflow-ids.js';
import type { PersonOverview } from '../../persistence/person.repository.js';
import { eventView, eventViewSchema } from '../events/event-views.js';
import { textOrNull } from '../openapi/text-or-null.js';

const attributes = z.record(z.string(), z.unknown());

const accountViewSchema = z
  .object({
    directory: z.string(),
    anchor: z.string().describe("The directory's immutable id of the account"),
    name: z.string().describe('For people: DN, UPN'),
    state: z.enum(['active', 'disabled', 'deleted']),
    attributes,
    container: textOrNull('Where it stands: the DN of an OU'),
    memberships: z.array(z.string()),
    withdrawn: z.array(z.string()).describe('Groups that the leave took away'),
    disabledAt: z.iso.datetime().nullable(),
  })
  .meta({ id: 'Account' });

const personViewSchema = z.object({
  id: z.uuid().describe("Tenure's id"),
  personId: z.string().describe("HR's id"),
  displayName: textOrNull('As the newest event in effect says'),
  state: z.enum(['expected', 'active', 'left']),
  attributes,
  leftAt: z.iso.datetime().nullable(),
  workflowId: z.string(),
  accounts: z.array(accountViewSchema),
  events: z.array(eventViewSchema).describe('Newest first'),
  links: z.object({ report: z.string() }),
});

export class PersonDto extends createZodDto(personViewSchema) {}

/** How a person is shown. */
export function personView({ person, accounts, events }: PersonOverview): z.infer<typeof personViewSchema> {
  return {
    id: person.id,
    personId: person.personId,
    displayName: person.displayName,
    state: person.state,
    attributes: person.attributes,
    leftAt: person.leftAt?.toISOString() ?? null,
    workflowId: personWorkflowId(person.id),
    accounts: accounts.map((account) => ({
      directory: account.directory,
      anchor: account.anchor,
      name: account.name,
      state: account.state,
      attributes: account.attributes,
      container: account.container,
      memberships: account.memberships,
      withdrawn: account.withdrawn,
      disabledAt: account.disabledAt?.toISOString() ?? null,
    })),
    events: events.map(eventView),
    links: { report: `/api/v1/reports/provisioning?endUser=${encodeURIComponent(person.personId)}` },
  };
}
