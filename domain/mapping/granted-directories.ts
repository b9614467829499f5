import { PlanningError } from '../plan/planning-error.js';
import type { CompiledPolicy, CompiledRule } from '../policy/compiled-policy.js';
import type { Circumstances, Expression } from '../policy/expression.js';
import { referenceKey } from './distinguished-name.js';

/** What the rules give a person in one directory. */
export interface Granted {
  /** Places in the order of the rules; the first that comes to a value is taken. */
  containers: Expression[];
  /** Each group once, as the policy first names it. */
  groups: string[];
}

/**
 * The directories that the rules give a person, by name. Throws a `PlanningError` when a condition cannot be decided:
 * neither giving nor taking away would be right.
 */
export function grantedDirectories(policy: CompiledPolicy, circumstances: Circumstances): Map<string, Granted> {
  const granted = new Map<string, Granted & { keys: Set<string> }>();
  for (const rule of policy.rules) {
    if (!applies(rule, circumstances)) continue;
    for (const grant of rule.grants) {
      const directory = granted.get(grant.directory) ?? { containers: [], groups: [], keys: new Set<string>() };
      granted.set(grant.directory, directory);
      if (grant.container) directory.containers.push(grant.container);
      for (const group of grant.groups) {
        const key = referenceKey(group);
        if (!directory.keys.has(key)) directory.groups.push(group);
        directory.keys.add(key);
      }
    }
  }
  return granted;
}

function applies(rule: CompiledRule, circumstances: Circumstances): boolean {
  return decide(rule.when, circumstances, `The rule "${rule.name}"`);
}

/** Whether a condition holds. Throws a `PlanningError` that begins with `who` when that cannot be said. */
export function decide(condition: Expression, circumstances: Circumstances, who: string): boolean {
  const result = condition.evaluate(circumstances);
  if ('value' in result) {
    if (typeof result.value === 'boolean') return result.value;
    throw new PlanningError(`${who} cannot be decided for this person: its condition gives neither true nor false.`);
  }
  if ('problem' in result) throw new PlanningError(`${who} cannot be decided for this person: ${result.problem}.`);
  const names = result.missing.map((name) => `person.${name}`).join(' and ');
  throw new PlanningError(
    `${who} cannot be decided for this person: its condition reads ${names} without a value. ` +
      'Send the value, or let the condition ask has() first.',
  );
}
