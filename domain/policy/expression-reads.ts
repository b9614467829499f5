import type { ASTNode } from '@marcbachmann/cel-js';
import { ExpressionError } from './expression-error.js';
import { COMPREHENSIONS, FUNCTIONS, METHODS } from './expression-vocabulary.js';
import { attributeOf, nameRead, nodesIn } from './syntax-tree.js';
import { re2 } from './text-functions.js';

/** What an expression asks for, found in its text. */
export interface Reads {
  /** Attributes of the person that it reads. */
  person: Set<string>;
  /** Attributes that it only asks about with `has()`. */
  asked: Set<string>;
  /** It uses `person` as a whole (`"title" in person`), not only attributes by name. */
  whole: boolean;
  accounts: { directory: string; attribute: string }[];
}

const LONGEST_PATTERN = 200;

/**
 * Walks through a parsed expression, before it is type-checked: collects what it reads and refuses what is not allowed
 * (functions that are not ours, `matches`, one list walk on top of another). Throws an `ExpressionError`.
 */
export function readsOf(ast: ASTNode): Reads {
  const reads: Reads = { person: new Set(), asked: new Set(), whole: false, accounts: [] };
  let walks = 0;

  function visit(node: ASTNode): void {
    if (node.op === 'id') {
      if (node.args === 'person') reads.whole = true;
      if (node.args === 'accounts') throw new ExpressionError('write accounts["directory"].attribute', node.start);
      return;
    }
    const account = accountRead(node);
    if (account) {
      reads.accounts.push(account);
      return;
    }
    const attribute = attributeOf(node, 'person');
    if (attribute !== undefined) {
      reads.person.add(attribute);
      return;
    }
    if (node.op === 'call') call(node, node.args[0], node.args[1]);
    else if (node.op === 'rcall') method(node, node.args[0], node.args[1], node.args[2]);
    else visitAll(node.args);
  }

  function call(node: ASTNode, name: string, args: ASTNode[]): void {
    if (!FUNCTIONS.some((each) => each === name)) throw unknownFunction(node, name);
    if (name === 'matchesRe2') checkPattern(node, args[1]);
    if (name === 'has') presence(node, args[0]);
    else visitAll(args);
  }

  function presence(node: ASTNode, of: ASTNode | undefined): void {
    const asked = of && attributeOf(of, 'person');
    if (asked === undefined) throw new ExpressionError('has() asks about an attribute: has(person.title)', node.pos);
    reads.asked.add(asked);
  }

  function method(node: ASTNode, name: string, receiver: ASTNode, args: ASTNode[]): void {
    if (name === 'matches')
      throw new ExpressionError('matches() is not offered; use matchesRe2(text, pattern)', node.pos);
    if (!METHODS.some((each) => each === name)) throw unknownFunction(node, name);
    if (COMPREHENSIONS.some((each) => each === name) && ++walks > 1) {
      throw new ExpressionError(`an expression may hold one of ${COMPREHENSIONS.join(', ')}, not several`, node.pos);
    }
    visit(receiver);
    visitAll(args);
  }

  function visitAll(args: unknown): void {
    for (const node of nodesIn(args)) visit(node);
  }

  visit(ast);
  return reads;
}

function accountRead(node: ASTNode): { directory: string; attribute: string } | undefined {
  const named = nameRead(node);
  const directory = named && attributeOf(named.of, 'accounts');
  return named && directory !== undefined ? { directory, attribute: named.name } : undefined;
}

function unknownFunction(node: ASTNode, name: string): ExpressionError {
  const known = [...FUNCTIONS.map((each) => `${each}()`), ...METHODS.map((each) => `.${each}()`)].join(', ');
  return new ExpressionError(`there is no function ${name}; there are ${known}`, node.pos);
}

function checkPattern(node: ASTNode, pattern: ASTNode | undefined): void {
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') {
    throw new ExpressionError('the pattern of matchesRe2 has to be a text in quotes', node.pos);
  }
  if (pattern.args.length > LONGEST_PATTERN) {
    throw new ExpressionError(`a pattern may have ${LONGEST_PATTERN} characters`, pattern.start);
  }
  try {
    re2(pattern.args);
  } catch (error) {
    throw new ExpressionError(`the pattern is no regular expression of RE2: ${reason(error)}`, pattern.start);
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
