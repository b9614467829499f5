import type { ASTNode } from '@marcbachmann/cel-js';
import { isNothing } from './nothing.js';
import { personAttributesIn } from './syntax-tree.js';

/** What cel-js hands to a macro: the parts of its type checker and evaluator that are used here. */
interface Checker {
  check(node: ASTNode, context: Context): unknown;
  getType(name: string): unknown;
}
interface Evaluator {
  run(node: ASTNode, context: Context): unknown;
}
interface Context {
  getValue(variable: string): unknown;
}

/**
 * The macro `coalesce(a, b, …)`: the first that has a value, or null. One that works with an attribute which the person
 * does not have is passed over, and told only when none of the others has a value. A function could not do that, since
 * its arguments are worked out before it.
 */
export function coalesce({ args }: { args: ASTNode[] }) {
  const attributes = new Map(args.map((each) => [each, personAttributesIn(each)]));

  function typeCheck(checker: Checker, _macro: unknown, context: Context): unknown {
    for (const each of args) checker.check(each, context);
    return checker.getType('dyn');
  }

  function evaluate(evaluator: Evaluator, _macro: unknown, context: Context): unknown {
    let passedOver: unknown;
    for (const each of args) {
      try {
        const value = evaluator.run(each, context);
        if (!isNothing(value)) return value;
      } catch (error) {
        const person = context.getValue('person') as ReadonlyMap<string, unknown>;
        if (!attributes.get(each)?.some((name) => isNothing(person.get(name)))) throw error;
        passedOver = error;
      }
    }
    if (passedOver) throw passedOver;
    return null;
  }

  return { args, typeCheck, evaluate, async: false };
}
