import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { circumstancesOf } from '../mapping/circumstances.js';
import type { Attributes } from '../person/attributes.js';
import { Life, policyOf } from '../plan/planning.harness.js';
import { compileExpression } from './expression.js';
import { FUNCTIONS, METHODS } from './expression-vocabulary.js';
import { parsePolicy } from './parse-policy.js';

const MANUAL = readFileSync(join(__dirname, '../../docs/policies.md'), 'utf8');

/** The fenced blocks of a language, in order. */
function blocks(language: string): string[] {
  return [...MANUAL.matchAll(new RegExp(`^\`\`\`${language}\n(.*?)^\`\`\``, 'gms'))].map((match) => match[1] ?? '');
}

const [wholePolicy = '', ...wrongPolicies] = blocks('yaml');
const { personId, ...attributes } = JSON.parse(blocks('json')[0] ?? '') as Attributes;

describe('the manual of policies', () => {
  it('shows a policy that is accepted, and what it plans', () => {
    const life = new Life(policyOf(wholePolicy));
    life.person = { ...life.person, personId: String(personId) };
    const { lanes, mail, failed, warnings } = life.live('joiner', attributes);
    const planned = [...lanes.flatMap((lane) => lane.operations), ...mail].map(({ application, kind, target }) =>
      [application, kind, target].join(' '),
    );
    const shown = (blocks('plan')[0] ?? '').trim().split('\n');
    expect(planned).toEqual(shown.map((line) => line.replace(/ {2,}/g, ' ')));
    expect({ failed, warnings }).toEqual({ failed: [], warnings: [] });
  });

  const rows = [...MANUAL.matchAll(/^\| `(.+)` \| `(.+)` \|$/gm)].map(([, text = '', gives = '']) => [text, gives]);

  it.each(rows)('%s gives %s', (text, gives) => {
    const circumstances = circumstancesOf(String(personId), attributes);
    const result = compileExpression(text ?? '', 'value').evaluate(circumstances);
    const value = 'value' in result && typeof result.value === 'bigint' ? Number(result.value) : result;
    expect(typeof value === 'number' ? { value } : value).toEqual({ value: JSON.parse(gives ?? '') });
  });

  it('shows every function that there is', () => {
    const expressions = rows.map(([text]) => text).join('\n');
    for (const name of FUNCTIONS) expect(expressions).toMatch(new RegExp(`\\b${name}\\(`));
    for (const name of METHODS) expect(expressions).toContain(`.${name}(`);
  });

  it('shows the answers to wrong policies as they are', () => {
    expect(wrongPolicies).toHaveLength(2);
    wrongPolicies.forEach((text, index) => {
      const read = parsePolicy(text);
      const told = 'problems' in read ? read.problems : [];
      const lines = told.map(({ line, column, message }) => `line ${line}, column ${column}: ${message}`);
      expect(lines.join('\n')).toBe((blocks('problems')[index] ?? '').trim());
    });
  });
});
