import { randomUUID } from 'node:crypto';
import type { DataSource } from 'typeorm';
import type { OperationResult, PlanEventResult, PlannedRun } from '../../contracts/person-run.js';
import type { EventType } from '../../domain/event/lifecycle-event.js';
import type { PlannedDirectory } from '../../domain/plan/plan.js';
import { createDataSource } from '../../persistence/data-source.js';
import { LifecycleEventEntity } from '../../persistence/entities/lifecycle-event.entity.js';
import { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { PersonEntity } from '../../persistence/entities/person.entity.js';
import { PolicyEntity } from '../../persistence/entities/policy.entity.js';
import { runMigrations } from '../../persistence/migrate.js';
import { startTestPostgres } from '../../test/servers/postgres.js';
import { createOutcomeActivities, type OutcomeActivities } from '../outcomes/outcome.activities.js';
import { createPlanningActivities, type PlanningActivities } from './planning.activities.js';

/* For specs: planning and recording on a real database, with one person at a time. */

const CAN = { passwords: true, sessions: false, groups: true, managers: false, restore: true };

export const POLICY = `
version: 1
rules:
  - { name: Everyone, grants: [{ directory: ad }] }
  - { name: Cloud, when: person.cloud, grants: [{ directory: entra }] }
directories:
  ad:
    correlate: { attribute: employeeID }
    attributes: { displayName: person.givenName }
    leaver: { grace: P30D }
  entra:
    correlate: { attribute: employeeId }
    attributes: { displayName: { value: person.familyName, required: true } }
    leaver: { grace: PT0M }
mail: { activation: { when: 'false' } }
`;

export class PlanningStand {
  directories: PlannedDirectory[] = ['ad', 'entra'].map((name) => ({ name, kind: name, can: CAN }));
  readonly planning: PlanningActivities;
  readonly outcomes: OutcomeActivities;
  person = '';

  private constructor(
    readonly database: DataSource,
    private readonly stopServer: () => Promise<void>,
  ) {
    this.planning = createPlanningActivities({ database, directories: () => this.directories });
    this.outcomes = createOutcomeActivities({ database });
  }

  static async start(): Promise<PlanningStand> {
    const postgres = await startTestPostgres();
    await runMigrations(postgres.url);
    const database = await createDataSource(postgres.url).initialize();
    return new PlanningStand(database, () => postgres.stop());
  }

  async stop(): Promise<void> {
    await this.database.destroy();
    await this.stopServer();
  }

  /** Saves it as the newest version. */
  async policy(document: string): Promise<void> {
    await this.database.manager.insert(PolicyEntity, { document, actor: 'test' });
  }

  /** Everything from now on is about somebody new. */
  async newPerson(): Promise<void> {
    const person = await this.database.manager.save(
      this.database.manager.create(PersonEntity, { personId: randomUUID(), attributes: {} }),
    );
    this.person = person.id;
  }

  async event(type: EventType, attributes: Record<string, unknown> = {}): Promise<string> {
    const event = this.database.manager.create(LifecycleEventEntity, {
      personUuid: this.person,
      type,
      source: 'hr',
      eventId: randomUUID(),
      effectiveAt: new Date(),
      attributes,
      bodyHash: '',
      actor: 'test',
    } as never);
    return (await this.database.manager.save(event as unknown as LifecycleEventEntity)).id;
  }

  plan(event: string, runId = 'run-1', more: { only?: string[]; resume?: boolean } = {}): Promise<PlanEventResult> {
    return this.planning.planEvent({ person: this.person, event, workflowId: `person/${this.person}`, runId, ...more });
  }

  planRetry(operations: string[], runId: string, only?: string[]): Promise<PlannedRun> {
    const workflowId = `person/${this.person}`;
    return this.planning.planRetry({ person: this.person, operations, workflowId, runId, only });
  }

  /** Records that all operations of the lanes came to this end. */
  async end(
    planned: PlanEventResult | PlannedRun,
    outcome: 'succeeded' | 'failed' | 'waiting',
    more: { event?: string; state?: 'active' | 'disabled' | 'deleted'; anchor?: string } = {},
  ): Promise<void> {
    const lanes = 'lanes' in planned ? planned.lanes : [];
    const now = new Date().toISOString();
    const results = lanes.flatMap((lane) =>
      lane.operations.map(({ id }): OperationResult => {
        return { operationId: id, outcome, attempts: 1, startedAt: now, finishedAt: now };
      }),
    );
    const { state = 'active', anchor = `anchor-${this.person}` } = more;
    const account = { id: anchor, name: 'jane', state, attributes: {} };
    const accounts = outcome === 'waiting' ? [] : lanes.map(({ directory }) => ({ directory, account }));
    const input = { person: this.person, results, accounts, event: more.event, finished: more.event !== undefined };
    await this.outcomes.recordOutcomes(input);
  }

  /** `application kind outcome`, in the order of planning. */
  async report(): Promise<string[]> {
    const rows = await this.rows();
    return rows.map(({ application, kind, outcome }) => `${application} ${kind} ${outcome}`);
  }

  rows(): Promise<OperationEntity[]> {
    return this.database.manager.find(OperationEntity, {
      where: { personUuid: this.person },
      order: { position: 'ASC' },
    });
  }

  row(event: string): Promise<LifecycleEventEntity> {
    return this.database.manager.findOneByOrFail(LifecycleEventEntity, { id: event });
  }
}
