import type { z } from 'zod';
import { compile } from './compiled-policy.js';
import { type Policy, type PolicyProblem, policySchema } from './policy.js';
import { PolicyDocument } from './policy-document.js';

/** Most problems that are told at once. */
const MOST_PROBLEMS = 100;

/**
 * Reads a policy document (YAML or JSON) and checks all of it: the syntax, the names, that every directory exists, and
 * every expression. `known`: the directories that are set up, when they are to be checked too. Never throws; what is
 * wrong comes with its line.
 */
export function parsePolicy(
  text: string,
  known?: readonly string[],
): { policy: Policy } | { problems: PolicyProblem[] } {
  const document = new PolicyDocument(text);
  if (document.problems.length > 0) return { problems: document.problems };
  const read = policySchema.safeParse(document.value());
  const problems: PolicyProblem[] = [];
  if (!read.success) {
    for (const issue of read.error.issues) {
      if (issue.code === 'unrecognized_keys') {
        problems.push(...issue.keys.map((key) => document.keyProblem(issue.path, key, `${key} ${issue.message}`)));
      } else if (issue.code === 'invalid_key') {
        const key = String(issue.path.at(-1));
        const why = issue.issues[0]?.message ?? issue.message;
        problems.push(document.keyProblem(issue.path.slice(0, -1), key, sentence(why)));
      } else {
        problems.push(document.problem(issue.path, messageOf(issue)));
      }
    }
    return { problems: inOrder(problems) };
  }
  compile(read.data, (path, message, offset) => problems.push(document.problem(path, message, offset)));
  for (const name of Object.keys(read.data.directories)) {
    if (known && !known.includes(name)) {
      const there = known.length > 0 ? `; there are ${known.join(', ')}` : '';
      problems.push(document.keyProblem(['directories'], name, `No directory ${name} is set up${there}.`));
    }
  }
  return problems.length > 0 ? { problems: inOrder(problems) } : { policy: read.data };
}

/** The schema library's words for a wrong type, said plainly. */
const TYPES: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'a map of names and values',
  record: 'a map of names and values',
  string: 'a text',
};

function messageOf(issue: z.core.$ZodIssue): string {
  if (issue.code !== 'invalid_type') return sentence(issue.message);
  const type = TYPES[issue.expected] ?? issue.expected;
  const name = String(issue.path.at(-1) ?? 'A policy');
  return issue.message.endsWith('received undefined') ? `${name} is missing: ${type}.` : `${name} has to be ${type}.`;
}

function inOrder(problems: PolicyProblem[]): PolicyProblem[] {
  return problems.sort((a, b) => a.line - b.line || a.column - b.column).slice(0, MOST_PROBLEMS);
}

function sentence(message: string): string {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}
