import { type DataSource, type EntityManager, In } from 'typeorm';
import type {
  EventRef,
  PlanEventInput,
  PlanEventResult,
  PlannedRun,
  PlanRetryInput,
} from '../../contracts/person-run.js';
import type { LifecycleEvent } from '../../domain/event/lifecycle-event.js';
import { refusal } from '../../domain/event/refusal.js';
import type { Operation } from '../../domain/plan/operation.js';
import type { Plan, PlannedDirectory, PlanningState } from '../../domain/plan/plan.js';
import { plan } from '../../domain/plan/planning.js';
import { PlanningError } from '../../domain/plan/planning-error.js';
import { LifecycleEventEntity } from '../../persistence/entities/lifecycle-event.entity.js';
import { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { PersonEntity } from '../../persistence/entities/person.entity.js';
import { goOnWithRows, insertOperations } from './operation-rows.js';
import { endUserOf, lockPerson, type PersonState } from './planning-state.js';
import { PolicyInForce } from './policy-in-force.js';
import { planRetryOf } from './retry.js';
import { failOpenOperations, supersedeByLeave, supersedeOpenOperations } from './supersede.js';

/** What planning needs. */
export interface PlanningDependencies {
  database: DataSource;
  /** The configured directories, in their order. */
  directories(): PlannedDirectory[];
}

export interface PlanningActivities {
  /**
   * Takes an event: settles what it replaces, plans what it asks for and writes the plan into the report, all in one
   * transaction. Asked again in the same run it gives the same plan.
   */
  planEvent(input: PlanEventInput): Promise<PlanEventResult>;
  /** Plans failed operations once more, from the newest state of the person and the newest policy. */
  planRetry(input: PlanRetryInput): Promise<PlannedRun>;
}

export function createPlanningActivities({ database, directories }: PlanningDependencies): PlanningActivities {
  const policies = new PolicyInForce();

  return {
    planEvent: (input) => database.transaction((manager) => planEvent(manager, input)),
    planRetry: (input) => database.transaction((manager) => planRetryOf(manager, input, policies, directories())),
  };

  async function planEvent(manager: EntityManager, input: PlanEventInput): Promise<PlanEventResult> {
    const known = await lockPerson(manager, input.person);
    const row = await manager.findOneByOrFail(LifecycleEventEntity, { id: input.event });
    // A person has one open run. So an event that another run has taken is one that this run did not finish.
    const isTaken = row.state === 'taken' && (!input.only || row.workflowRunId === input.runId);
    const goesOn =
      isTaken || (input.resume === true && row.state === 'done' && (await hasOpenOperations(manager, row)));
    if (row.state !== 'accepted' && !goesOn) return { outcome: 'closed' };
    const event = toEvent(row);
    const earlier = goesOn ? undefined : await earlierEvent(manager, row);
    if (earlier) return { outcome: 'earlier', event: earlier };
    const reason = goesOn ? undefined : refusal(known.person.state, event.type);
    if (reason) return refuse(manager, event, reason);

    const state = await planningState(manager, known, event, input.only);
    let planned: Plan;
    try {
      planned = await planWith(manager, state);
    } catch (error) {
      if (!(error instanceof PlanningError)) throw error;
      if (!input.only) await failOpenOperations(manager, row.id, error.message);
      return refuse(manager, event, error.message);
    }
    const bytes = Buffer.byteLength(JSON.stringify(toDo(planned)));
    if (bytes > LARGEST_PLAN_BYTES) return refuse(manager, event, tooLarge(bytes));
    if (row.takenAt) await goOnWithRows(manager, toDo(planned), input);
    if (!input.only) {
      if (event.type === 'leaver') await supersedeByLeave(manager, input.person, event);
      const ids = toDo(planned).map(({ id }) => id);
      await supersedeOpenOperations(manager, input.person, event, ids);
    }
    await take(manager, planned, row, input);
    await insertPlan(manager, planned, known, row, input);
    const { lanes, mail, later, deferred } = planned;
    const hasAccount = known.accounts.some((account) => account.state === 'active');
    return { outcome: 'planned', cut: planned.person.state === 'left', lanes, mail, later, deferred, hasAccount };
  }

  /** A leave is planned with what can be known, whatever became of the policy. */
  async function planWith(manager: EntityManager, state: PlanningState): Promise<Plan> {
    if (state.event.type !== 'leaver') return plan(state, await policies.get(manager));
    const { policy, problem } = await policies.getForLeave(manager);
    const planned = plan(state, policy);
    if (problem) planned.warnings.unshift(problem);
    return planned;
  }

  async function planningState(
    manager: EntityManager,
    known: PersonState,
    event: LifecycleEvent,
    only: string[] | undefined,
  ): Promise<PlanningState> {
    const activation = await activationOf(manager, known.person.id);
    const unsure = event.type === 'leaver' ? await unsureOf(manager, known.person.id) : undefined;
    return { ...known, event, directories: directories(), only, unsure, now: new Date().toISOString(), activation };
  }
}

/** Temporal takes 2 MB at once, and ends a run that sends more. */
const LARGEST_PLAN_BYTES = 1_500_000;

function tooLarge(bytes: number): string {
  return `The plan for this person is too large (${bytes} bytes): their attributes hold too much. Send less, or map less.`;
}

/** Directories in which an account was being made, or was a moment ago, without anybody having told how that ended. */
async function unsureOf(manager: EntityManager, person: string): Promise<string[]> {
  const rows: { application: string }[] = await manager.query(
    `SELECT DISTINCT application FROM operation WHERE person_uuid = $1 AND kind IN ('create-account', 'restore-account')
        AND (outcome IN ('planned', 'waiting')
             OR (outcome IN ('superseded', 'failed') AND finished_at > now() - interval '15 minutes'))`,
    [person],
  );
  return rows.map(({ application }) => application);
}

/** Whether the run that took the event left something to do: a deletion after the grace period, say. */
async function hasOpenOperations(manager: EntityManager, row: LifecycleEventEntity): Promise<boolean> {
  const open = { eventUuid: row.id, outcome: In(['planned', 'waiting']), runId: row.workflowRunId ?? '' };
  return manager.existsBy(OperationEntity, open);
}

/** Whether a mail of an earlier event is still owed to the person, or out with a link that works. */
async function activationOf(manager: EntityManager, person: string): Promise<PlanningState['activation']> {
  const [mail]: { due: boolean; open: boolean; unaddressed: boolean }[] = await manager.query(
    `SELECT EXISTS (SELECT FROM operation WHERE person_uuid = $1 AND outcome IN ('planned', 'waiting')
                       AND kind = 'send-activation-mail') AS due,
            EXISTS (SELECT FROM activation WHERE person_uuid = $1 AND purpose = 'activation'
                       AND used_at IS NULL AND expires_at > clock_timestamp()) AS open,
            (SELECT outcome = 'failed' AND detail ->> 'to' = '' FROM operation WHERE person_uuid = $1
                AND kind = 'send-activation-mail' ORDER BY position DESC LIMIT 1) AS unaddressed`,
    [person],
  );
  if (mail?.due) return 'due';
  if (mail?.open) return 'open';
  return mail?.unaddressed ? 'unaddressed' : undefined;
}

/** Events are taken in the order of their acceptance, even when their signals overtook one another. */
async function earlierEvent(manager: EntityManager, row: LifecycleEventEntity): Promise<EventRef | undefined> {
  if (row.urgent || row.type === 'leaver') return undefined;
  const [found]: { id: string }[] = await manager.query(
    `SELECT id FROM lifecycle_event
      WHERE person_uuid = $1 AND state = 'accepted' AND effective_at <= now() AND (effective_at, position) < ($2, $3)
      ORDER BY effective_at, position LIMIT 1`,
    [row.personUuid, row.effectiveAt, row.position],
  );
  const earlier = found && (await manager.findOneByOrFail(LifecycleEventEntity, { id: found.id }));
  return earlier && toEvent(earlier);
}

async function refuse(manager: EntityManager, event: LifecycleEvent, reason: string): Promise<PlanEventResult> {
  await manager.update(LifecycleEventEntity, { id: event.id }, { state: 'failed', reason, finishedAt: new Date() });
  return { outcome: 'refused', reason };
}

/** The person becomes what the event makes of them, and the event is taken. */
async function take(
  manager: EntityManager,
  planned: Plan,
  row: LifecycleEventEntity,
  input: PlanEventInput,
): Promise<void> {
  const { state, attributes } = planned.person;
  const displayName = endUserOf({ personId: '', attributes }, []).displayName ?? null;
  const leftAt = state === 'left' ? row.effectiveAt : null;
  await manager.update(
    PersonEntity,
    { id: input.person },
    { state, attributes: attributes as object, displayName, leftAt },
  );
  if (row.state === 'taken' && row.workflowRunId === input.runId) return;
  await manager.update(
    LifecycleEventEntity,
    { id: row.id },
    {
      state: 'taken',
      takenAt: new Date(),
      workflowRunId: input.runId,
      reason: planned.warnings.length > 0 ? planned.warnings.join(' ') : null,
    },
  );
}

async function insertPlan(
  manager: EntityManager,
  planned: Plan,
  known: PersonState,
  row: LifecycleEventEntity,
  input: PlanEventInput,
): Promise<void> {
  const person = { personId: known.person.personId, attributes: planned.person.attributes };
  const origin = {
    personUuid: input.person,
    eventUuid: row.id,
    endUser: endUserOf(person, known.accounts),
    actor: row.actor,
    source: row.source,
    workflowId: input.workflowId,
    runId: input.runId,
  };
  const later = planned.later.flatMap(({ afterMs, lane }) => {
    const at = new Date(Date.now() + afterMs).toISOString();
    return lane.operations.map((operation) => {
      const isDeletion = operation.kind === 'delete-account';
      const why = isDeletion ? 'when the grace period ends' : 'as a second look: an account was being made';
      return { operation, reason: `Planned for ${at}, ${why}.` };
    });
  });
  await insertOperations(manager, origin, [
    ...planned.lanes.flatMap((lane) => lane.operations).map((operation) => ({ operation })),
    ...planned.failed.map(({ operation, reason }) => ({ operation, reason, outcome: 'failed' as const })),
    ...planned.mail.map((operation) => ({ operation })),
    ...later,
  ]);
}

function toDo({ lanes, mail, later }: Plan): Operation[] {
  return [...lanes, ...later.map(({ lane }) => lane)].flatMap((lane) => lane.operations).concat(mail);
}

function toEvent(row: LifecycleEventEntity): LifecycleEvent {
  const { id, position, type, source, eventId, urgent, attributes } = row;
  return { id, position, type, source, eventId, urgent, attributes, effectiveAt: row.effectiveAt.toISOString() };
}
