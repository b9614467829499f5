import type { EntityManager } from 'typeorm';
import { In } from 'typeorm';
import type { PlannedRun, PlanRetryInput } from '../../contracts/person-run.js';
import type { Operation } from '../../domain/plan/operation.js';
import type { PlannedDirectory } from '../../domain/plan/plan.js';
import { plan } from '../../domain/plan/planning.js';
import type { CompiledPolicy } from '../../domain/policy/compiled-policy.js';
import { OperationEntity } from '../../persistence/entities/operation.entity.js';
import { insertOperations, type NewRow } from './operation-rows.js';
import { endUserOf, lockPerson } from './planning-state.js';

const MAIL = 'mail';

/**
 * Plans again what failed, per directory and from what is true now: the cause may have been the policy, the person's
 * attributes or the directory. Every new row names the one that it tries again.
 */
export async function planRetryOf(
  manager: EntityManager,
  input: PlanRetryInput,
  policy: CompiledPolicy,
  directories: PlannedDirectory[],
): Promise<PlannedRun> {
  const known = await lockPerson(manager, input.person);
  const failed = await manager.findBy(OperationEntity, { id: In(input.operations), personUuid: input.person });
  const [first] = failed;
  const nothing: PlannedRun = { cut: false, lanes: [], mail: [], later: [], deferred: [] };
  if (!first) return nothing;

  const only = [...new Set(failed.map((row) => row.application))].filter((application) => application !== MAIL);
  const retryId = `retry/${[...input.operations].sort().join('/')}`;
  const type = known.person.state === 'left' ? ('leaver' as const) : ('mover' as const);
  const event = { id: retryId, type, attributes: {} };
  const planned = plan({ ...known, event, directories, only, now: new Date().toISOString() }, policy);
  const lanes = only.length > 0 ? planned.lanes : [];

  const operations = lanes.flatMap((lane) => lane.operations);
  const mail = failed.filter((row) => row.application === MAIL).map((row) => again(row));
  const settled = failed.filter(
    (row) => row.application !== MAIL && !operations.some((operation) => operation.application === row.application),
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
  await insertOperations(manager, origin, [
    ...operations.map((operation): NewRow => ({ operation, retryOf: triedAgain(operation, failed)?.id })),
    ...mail.map((operation): NewRow => ({ operation, retryOf: triedAgain(operation, failed)?.id })),
    ...settled.map(
      (row): NewRow => ({
        operation: again(row),
        retryOf: row.id,
        outcome: 'unchanged',
        reason: 'Nothing was left to do: the account already stands as intended.',
      }),
    ),
  ]);
  return { cut: type === 'leaver', lanes, mail, later: [], deferred: [] };
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
