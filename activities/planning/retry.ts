import type { EntityManager } from 'typeorm';
import { In } from 'typeorm';
import type { PlannedRun, PlanRetryInput } from '../../contracts/person-run.js';
import type { Operation } from '../../domain/plan/operation.js';
import type { Lane, Plan, PlannedDirectory, PlanningState } from '../../domain/plan/plan.js';
import { plan } from '../../domain/plan/planning.js';
import { PlanningError } from '../../domain/plan/planning-error.js';
import type { CompiledPolicy } from '../../domain/policy/compiled-policy.js';
import { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { goOnWithRows, insertOperations, type NewRow } from './operation-rows.js';
import { endUserOf, lockPerson } from './planning-state.js';
import type { PolicyInForce } from './policy-in-force.js';

const MAIL = 'mail';

/**
 * Plans again what failed, per directory and from what is true now: the cause may have been the policy, the person's
 * attributes or the directory. Every new row names the one that it tries again, and says so when the cause is still there.
 */
export async function planRetryOf(
  manager: EntityManager,
  input: PlanRetryInput,
  policies: PolicyInForce,
  directories: PlannedDirectory[],
): Promise<PlannedRun> {
  const known = await lockPerson(manager, input.person);
  const failed = await manager.findBy(OperationEntity, { id: In(input.operations), personUuid: input.person });
  const [first] = failed;
  const nothing: PlannedRun = { cut: false, lanes: [], mail: [], later: [], deferred: [] };
  if (!first) return nothing;

  const hasLeft = known.person.state === 'left';
  const { policy } = hasLeft ? await policies.getForLeave(manager) : { policy: await policies.get(manager) };
  const applications = [...new Set(failed.map((row) => row.application))].filter((name) => name !== MAIL);
  const only = input.only ?? applications;
  const retryId = `retry/${[...input.operations].sort().join('/')}`;
  const event = { id: retryId, type: hasLeft ? ('leaver' as const) : ('mover' as const), attributes: {} };
  const state = { ...known, event, directories, only, now: new Date().toISOString() };
  const { planned, problem } = only.length > 0 ? planOrProblem(state, policy) : {};

  const lanes = planned ? withDeletions(planned, failed) : [];
  const operations = lanes.flatMap((lane) => lane.operations);
  const mail = input.only ? [] : failed.filter((row) => row.application === MAIL).map((row) => again(row));
  const stillFailed = planned?.failed ?? [];
  const deferred = planned?.deferred ?? [];
  await goOnWithRows(manager, [...operations, ...mail], input);
  const addressed = new Set(
    [...operations, ...stillFailed.map(({ operation }) => operation)].map((one) => one.application),
  );
  const settled = failed.filter(
    ({ application }) => only.includes(application) && !addressed.has(application) && !deferred.includes(application),
  );
  const origin = {
    personUuid: input.person,
    eventUuid: first.eventUuid,
    endUser: endUserOf(known.person, known.accounts),
    actor: first.actor,
    source: first.source,
    workflowId: input.workflowId,
    runId: input.runId,
  };
  const retryOf = (operation: Operation) => triedAgain(operation, failed)?.id;
  await insertOperations(manager, origin, [
    ...[...operations, ...mail].map((operation): NewRow => ({ operation, retryOf: retryOf(operation) })),
    ...stillFailed.map(({ operation, reason }): NewRow => {
      return { operation, retryOf: retryOf(operation), outcome: 'failed', reason };
    }),
    ...settled.map((row): NewRow => {
      const end = problem ? { outcome: 'failed' as const, reason: problem } : settlement(row);
      return { operation: again(row), retryOf: row.id, ...end };
    }),
  ]);
  return { cut: hasLeft, lanes, mail, later: [], deferred };
}

/** The plan, or why there can be none: a sentence for the report. */
function planOrProblem(state: PlanningState, policy: CompiledPolicy): { planned?: Plan; problem?: string } {
  try {
    return { planned: plan(state, policy) };
  } catch (error) {
    if (error instanceof PlanningError) return { problem: error.message };
    throw error;
  }
}

/** A deletion that failed when its grace period had passed is tried again now; every other one has a plan of its own. */
function withDeletions({ lanes, later }: Plan, failed: OperationEntity[]): Lane[] {
  const isFailed = ({ directory }: Lane) =>
    failed.some(({ kind, application }) => kind === 'delete-account' && application === directory);
  const due = later.filter(({ afterMs, lane }) => afterMs === 0 && isFailed(lane)).map(({ lane }) => lane);
  const joined = lanes.map((lane) => {
    const deletion = due.find(({ directory }) => directory === lane.directory);
    return deletion ? { ...lane, operations: [...lane.operations, ...deletion.operations] } : lane;
  });
  return [...joined, ...due.filter(({ directory }) => !lanes.some((lane) => lane.directory === directory))];
}

function settlement({ kind }: OperationEntity): Pick<NewRow, 'outcome' | 'reason'> {
  const reason =
    kind === 'delete-account'
      ? 'The account is gone, is in use again, or is deleted when a later grace period ends.'
      : 'Nothing was left to do: the account already stands as intended.';
  return { outcome: 'unchanged', reason };
}

/** The failed row that an operation of the new plan takes up. */
function triedAgain(operation: Operation, failed: OperationEntity[]): OperationEntity | undefined {
  const ofApplication = failed.filter((row) => row.application === operation.application);
  const alike = ofApplication.filter((row) => row.kind === operation.kind);
  return alike.find((row) => row.target === operation.target) ?? alike[0];
}

/** The same operation under an id of its own. */
function again(row: OperationEntity): Operation {
  const [root = row.id, count = '1'] = row.id.split('~');
  return { ...row.detail, id: `${root}~${Number(count) + 1}` };
}
