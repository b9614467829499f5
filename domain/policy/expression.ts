import { EvaluationError, ParseError, type ParseResult, TypeError as TypeCheckError } from '@marcbachmann/cel-js';
import { MAPPING_ENVIRONMENT, PERSON_ENVIRONMENT } from './expression-environment.js';
import { ExpressionError } from './expression-error.js';
import { type Reads, readsOf } from './expression-reads.js';
import { isNothing } from './nothing.js';

/** The longest expression, in characters. */
const LONGEST_EXPRESSION = 2_000;

/** What an expression is asked about. Made once per person, by `circumstancesOf`, and asked many times. */
export interface Circumstances {
  /** The person's attributes that have a value, and `personId`. */
  person: ReadonlyMap<string, unknown>;
  /** The same, and a null for what expressions found missing. */
  personWithNulls: Map<string, unknown>;
  /** Attributes of known accounts by directory, with such nulls too. */
  accounts: Map<string, Map<string, unknown>>;
}

/** What came of it. `missing`: attributes of the person (`department`) that it needed and that have no value. */
export type Evaluated = { value: unknown } | { missing: string[] } | { problem: string };

/** An expression that was parsed and checked once. */
export interface Expression {
  readonly text: string;
  readonly reads: Reads;
  /** Never throws. */
  evaluate(circumstances: Circumstances): Evaluated;
}

/** What an expression may give, in CEL's names. `dyn`: only the person tells. */
const RESULTS = {
  condition: ['bool', 'dyn'],
  text: ['string', 'dyn'],
  value: ['string', 'int', 'double', 'bool', 'null', 'dyn', 'list'],
};

/** Where an expression stands: conditions give yes or no, names and places a text, attributes any value. */
export type ExpressionUse = keyof typeof RESULTS;

/**
 * Compiles an expression. Throws an `ExpressionError` when it cannot be parsed, breaks a limit, uses what does not exist
 * or gives the wrong type.
 */
export function compileExpression(text: string, use: ExpressionUse, withAccounts = false): Expression {
  if (text.trim() === '') throw new ExpressionError('the expression is empty', 0);
  if (text.length > LONGEST_EXPRESSION) {
    throw new ExpressionError(`an expression may have ${LONGEST_EXPRESSION} characters`, LONGEST_EXPRESSION);
  }
  const parsed = parse(text, withAccounts);
  const reads = readsOf(parsed.ast);
  checkType(parsed, use, withAccounts);
  return { text, reads, evaluate: (circumstances) => evaluate(parsed, reads, circumstances) };
}

function parse(text: string, withAccounts: boolean): ParseResult {
  try {
    return (withAccounts ? MAPPING_ENVIRONMENT : PERSON_ENVIRONMENT).parse(text);
  } catch (error) {
    throw asExpressionError(error);
  }
}

function checkType(parsed: ParseResult, use: ExpressionUse, withAccounts: boolean): void {
  const checked = parsed.check();
  if (!checked.valid) throw asExpressionError(checked.error, withAccounts);
  const type = checked.type?.replace(/[<(].*/, '') ?? 'dyn';
  if (!RESULTS[use].includes(type)) {
    const expected = { condition: 'true or false', text: 'a text', value: 'a text, a number, true, false or a list' };
    throw new ExpressionError(`it has to give ${expected[use]}, and it gives ${type}`, 0);
  }
}

function asExpressionError(error: unknown, withAccounts = false): ExpressionError {
  if (error instanceof ParseError || error instanceof TypeCheckError || error instanceof EvaluationError) {
    const known = withAccounts ? 'person and accounts' : 'person';
    const hint = error.code === 'unknown_variable' ? `; what can be read is ${known}` : '';
    return new ExpressionError(`${lowerFirst(error.summary)}${hint}`, error.range?.start ?? 0);
  }
  // The parser recurses before its own limits hold.
  if (error instanceof RangeError) return new ExpressionError('it is nested too deeply', 0);
  return new ExpressionError(error instanceof Error ? error.message : String(error), 0);
}

function lowerFirst(text: string): string {
  return /^[A-Z][a-z]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

function evaluate(parsed: ParseResult, reads: Reads, circumstances: Circumstances): Evaluated {
  try {
    const value: unknown = parsed({
      person: personFor(reads, circumstances),
      accounts: accountsFor(reads, circumstances.accounts),
    });
    return { value };
  } catch (error) {
    const missing = [...reads.person].filter((name) => isNothing(circumstances.person.get(name)));
    if (missing.length > 0) return { missing };
    return { problem: error instanceof EvaluationError ? lowerFirst(error.summary) : reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/**
 * Reading what is not there gives null: so that `person.title == "x"` can be asked of everybody. An expression that
 * asks with `has()` or looks at the whole person sees only what is there.
 */
function personFor(reads: Reads, { person, personWithNulls }: Circumstances): ReadonlyMap<string, unknown> {
  if (reads.whole) return person;
  const seen = reads.asked.size > 0 ? new Map(person) : personWithNulls;
  for (const name of reads.person) {
    if (!seen.has(name) && !reads.asked.has(name)) seen.set(name, null);
  }
  return seen;
}

function accountsFor(reads: Reads, accounts: Map<string, Map<string, unknown>>): Map<string, Map<string, unknown>> {
  for (const { directory, attribute } of reads.accounts) {
    const account = accounts.get(directory) ?? new Map<string, unknown>();
    accounts.set(directory, account);
    if (!account.has(attribute)) account.set(attribute, null);
  }
  return accounts;
}
