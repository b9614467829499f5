import { textProblem } from '../mapping/attribute-value.js';
import { decide } from '../mapping/granted-directories.js';
import type { CompiledPolicy } from '../policy/compiled-policy.js';
import type { Circumstances, Expression } from '../policy/expression.js';
import type { OperationMaker } from './operation-maker.js';
import type { Plan, PlanningState } from './plan.js';

/** What an activation mail follows from. */
export interface Activation {
  state: PlanningState;
  /** An account is created, brought back or enabled in a directory that takes passwords. */
  opens: boolean;
  policy: CompiledPolicy;
  circumstances: Circumstances;
  maker: OperationMaker;
}

/**
 * Plans the activation mail: for whoever joins or comes back, for an account that opens later, and for a mail that an
 * earlier plan could not send. Without an address it stands among what failed, so that somebody sees it.
 */
export function activationMail({ state, opens, policy, circumstances, maker }: Activation, plan: Plan): void {
  const { person, event, activation } = state;
  const starts = person.state !== 'active' && event.type !== 'mover';
  const isOwed = activation === 'due' || activation === 'unaddressed';
  if (!starts && !isOwed && (!opens || activation === 'open')) return;
  if (!decide(policy.activation.when, circumstances, 'The activation mail')) return;
  const { to, problem } = address(policy.activation.to, circumstances);
  if (problem && activation === 'unaddressed' && !starts && !opens) return;
  const operation = maker.make(
    { kind: 'send-activation-mail', to },
    { application: 'mail', target: to || person.personId },
  );
  if (problem) plan.failed.push({ operation, reason: problem });
  else plan.mail.push(operation);
}

function address(expression: Expression, circumstances: Circumstances): { to: string; problem?: string } {
  const result = expression.evaluate(circumstances);
  const value = 'value' in result && typeof result.value === 'string' ? result.value.trim() : '';
  const names = [...expression.reads.person].map((name) => `person.${name}`).join(', ') || expression.text;
  if (value === '')
    return { to: '', problem: `There is no address for the activation mail in ${names}; send one with a mover.` };
  // One address and nothing that could become a second one or a header.
  if (textProblem(value) || value.length > 254 || !/^[^\s@<>()[\]\\,;:"]+@[^\s@<>()[\]\\,;:"]+$/.test(value)) {
    return { to: '', problem: `The activation mail has no proper address in ${names}.` };
  }
  return { to: value };
}
