import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { Plan, PlanningState } from './plan.js';

/**
 * What has to be done because of an event: the same plan for the same state, whoever asks. Ask `refusal` first.
 * Throws a `PlanningError` when a condition of the policy cannot be decided for this person; nothing is planned then.
 */
export function plan(_state: PlanningState, _policy: CompiledPolicy): Plan {
  throw new Error('being written');
}
