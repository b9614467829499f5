import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compilePolicy } from './compiled-policy.js';
import { parsePolicy } from './parse-policy.js';
import type { PolicyProblem } from './policy.js';

/** Milliseconds of processor time: other programs on the machine do not count. */
const cpuMs = () => process.cpuUsage().user / 1_000;

const EXAMPLE = readFileSync(join(__dirname, 'example.policy.yaml'), 'utf8');

function problems(text: string, known?: string[]): PolicyProblem[] {
  const read = parsePolicy(text, known);
  return 'problems' in read ? read.problems : [];
}

/** A policy with one directory, whose lines can be told. */
function policyWith({ when = "'true'", attributes = '' }: { when?: string; attributes?: string }): string {
  return `version: 1
rules:
  - name: Everyone
    when: ${when}
    grants: [{ directory: ad }]
directories:
  ad:
    correlate: { attribute: employeeID }
    attributes:
      displayName: person.displayName
${attributes.replace(/^/gm, '      ')}
`;
}

describe('a policy document', () => {
  it('is read from YAML, and the example is one', () => {
    expect(problems(EXAMPLE)).toEqual([]);
  });

  it('is read from JSON as well, to the same policy', () => {
    const yaml = parsePolicy(EXAMPLE);
    const json = parsePolicy(JSON.stringify('policy' in yaml && yaml.policy, null, '\t'));
    expect(json).toEqual(yaml);
  });

  it('gets the defaults that the manual names', () => {
    const read = parsePolicy(policyWith({}));
    expect(read).toMatchObject({
      policy: {
        directories: {
          ad: {
            correlate: { value: 'person.personId' },
            manager: false,
            leaver: { grace: 'never', keepGroups: false },
          },
        },
        mail: { activation: { to: 'person.personalMail', when: 'true' } },
      },
    });
  });

  it('may write a condition as a plain true', () => {
    expect(problems(policyWith({ when: 'true' }))).toEqual([]);
  });
});

describe('a problem in a policy is told with its line', () => {
  it('for a syntax error of YAML', () => {
    expect(problems('version: 1\nrules:\n  - name: "x\n')).toEqual([expect.objectContaining({ line: 4 })]);
  });

  it('for a syntax error of JSON', () => {
    expect(problems('{\n  "version": 1,\n  "rules": [,]\n}')[0]).toMatchObject({ line: 3 });
  });

  it('for an unknown key, with what may stand there', () => {
    const text = policyWith({}).replace('    when:', '    whn:');
    expect(problems(text)).toEqual([
      {
        line: 4,
        column: 5,
        path: 'rules[0].whn',
        message: 'whn is not known here. What may stand here: name, when, grants.',
      },
    ]);
  });

  it('for a missing key', () => {
    expect(problems('version: 1\nrules: []\n')[0]?.message).toBe('directories is missing: a map of names and values.');
  });

  it('for a wrong type', () => {
    expect(problems(policyWith({}).replace('[{ directory: ad }]', 'ad'))[0]).toMatchObject({
      line: 5,
      message: 'grants has to be a list.',
    });
  });

  it('for a directory that the document does not describe', () => {
    const text = policyWith({}).replace('directory: ad ', 'directory: entra ');
    expect(problems(text)).toEqual([
      {
        line: 5,
        column: 27,
        path: 'rules[0].grants[0].directory',
        message: 'There is no directory entra under "directories"; there are ad.',
      },
    ]);
  });

  it('for a directory that nobody has set up', () => {
    expect(problems(policyWith({}), ['corp-ad'])).toEqual([
      expect.objectContaining({ line: 7, message: 'No directory ad is set up; there are corp-ad.' }),
    ]);
    expect(problems(policyWith({}), ['ad'])).toEqual([]);
  });

  it.each([
    ['a syntax error', 'person.a +', 'unexpected token', 27],
    ['an unknown function', 'shout(person.a) == "A"', 'there is no function shout', 17],
    ['an unknown variable', 'persn.department == "Sales"', 'unknown variable: persn; what can be read is person', 12],
    ['a type error', '"a" + 1 == "a1"', 'no such overload: string + int', 12],
    ['a wrong result', 'person.a + "x"', 'it has to give true or false, and it gives string', 12],
    ['an account, which conditions cannot see', 'accounts["ad"].mail == "x"', 'unknown variable: accounts', 21],
    ['matches(), which can hang', 'person.a.matches("(a+)+$")', 'use matchesRe2', 21],
    ['a pattern that is none', 'matchesRe2(person.a, "(")', 'no regular expression of RE2', 33],
    ['a pattern that is made', 'matchesRe2(person.a, person.b)', 'a text in quotes', 12],
    ['a list walk inside another', '["a"].all(x, ["b"].exists(y, x == y))', 'not several', 27],
    ['a list walk upon another', '["a"].map(x, x).exists(x, true)', 'not several', 27],
    ['a clock', 'timestamp("2026-01-01T00:00:00Z") == person.a', 'there is no function timestamp', 12],
    ['has() of something else', 'has(person.a.b)', 'has() asks about an attribute', 12],
  ])('for an expression with %s', (_what, expression, message) => {
    const [problem, ...others] = problems(policyWith({ when: `'${expression.replaceAll("'", "''")}'` }));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ line: 4, path: 'rules[0].when' });
    expect(problem?.message).toContain(message);
  });

  it('and with the column inside a quoted expression', () => {
    expect(problems(policyWith({ when: `'true && shout(1)'` }))[0]).toMatchObject({ line: 4, column: 20 });
  });

  it('and with the line inside a block of several lines', () => {
    const attributes = 'mail: |\n  person.a +\n  lower(1)';
    expect(problems(policyWith({ attributes }))[0]).toMatchObject({ line: 13 });
  });

  it.each([
    ['unicodePwd: person.a', 'Passwords are never mapped'],
    ['userAccountControl: "512"', 'follows from the person’s state'],
    ['manager: person.manager', 'manager: true'],
    ['employeeID: person.personId', 'correlated by'],
    ['mail: {}', 'mapped by an expression'],
    ['mail: { value: person.a, unique: person.b }', 'mapped by an expression'],
    ['mail: { value: person.a, maxLength: 3 }', 'maxLength goes with unique only'],
    ['mail: 1', 'has to be'],
    ['mail: accounts["entra"].mail', 'write entra into "after" of ad'],
    ['mail: accounts[person.a].mail', 'write accounts["directory"].attribute'],
    ['mail: \'person.a == "x" ? b"x" : b"y"\'', 'it gives bytes'],
  ])('for a mapping like %s', (attributes, message) => {
    expect(problems(policyWith({ attributes }))).toEqual([
      expect.objectContaining({ line: 11, message: expect.stringContaining(message) }),
    ]);
  });

  it('for directories that wait for one another', () => {
    const text = `version: 1
rules: []
directories:
  a: { correlate: { attribute: x }, after: [b] }
  b: { correlate: { attribute: x }, after: [a] }
`;
    expect(problems(text)).toEqual([
      expect.objectContaining({ message: 'These wait for one another: a after b after a.' }),
    ]);
  });

  it('for a correlation by anything but HR’s id', () => {
    const text = policyWith({}).replace('{ attribute: employeeID }', '{ attribute: employeeID, value: person.mail }');
    expect(problems(text)).toEqual([
      expect.objectContaining({ line: 8, message: expect.stringContaining('personId') }),
    ]);
  });

  it('for a grace period that has no fixed length', () => {
    const text = policyWith({}).replace('correlate:', 'leaver: { grace: P1M }\n    correlate:');
    expect(problems(text)).toEqual([expect.objectContaining({ line: 8, message: expect.stringContaining('P30D') })]);
  });

  it('all of them at once, in the order of the lines', () => {
    const text = policyWith({ when: 'foo(1)', attributes: 'a: bar(1)\nb: person.ok\nc: baz(1)' });
    expect(problems(text).map(({ line }) => line)).toEqual([4, 11, 13]);
  });
});

describe('a hostile policy is refused quickly', () => {
  const deep = '('.repeat(900);
  it.each([
    ['lists in lists', '['.repeat(200_000)],
    ['maps in maps', '{"a":'.repeat(50_000)],
    ['nested blocks', Array.from({ length: 600 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
    ['a huge document', `version: 1\n# ${'x'.repeat(10_000_000)}`],
    ['many keys', Array.from({ length: 20_000 }, (_, key) => `k${key}: 1`).join('\n')],
    ['a key many times', 'a: 1\n'.repeat(40_000)],
    ['references that multiply', `a: &a [x]\n${Array.from({ length: 30 }, (_, n) => `b${n}: [*a, *a]`).join('\n')}`],
    ['a foreign tag', 'version: !!js/function "x"'],
    ['a prototype', 'version: 1\nrules: []\ndirectories: { __proto__: { correlate: { attribute: x } } }'],
    ['many unknown keys', Array.from({ length: 999 }, (_, key) => `k${key}: 1`).join('\n')],
    ['many rules', `version: 1\ndirectories: {}\nrules:\n${'  - { name: x, grants: [] }\n'.repeat(5_000)}`],
    ['a deep expression', policyWith({ when: `'${deep}true${')'.repeat(900)}'` })],
    ['a long expression', policyWith({ when: `'${'true && '.repeat(400)}true'` })],
    ['a list without end', policyWith({ when: `'1 in [${'1,'.repeat(900)}1]'` })],
    ['a pattern that explodes', policyWith({ when: `'matchesRe2(person.a, "((a{1,500}){1,500}){1,500}")'` })],
    [
      'many wrong expressions',
      policyWith({ attributes: Array.from({ length: 999 }, (_, n) => `a${n}: foo(1)`).join('\n') }),
    ],
  ])('%s', (_what, text) => {
    const started = cpuMs();
    const found = problems(text);
    expect(cpuMs() - started).toBeLessThan(2_000);
    expect(found.length).toBeGreaterThan(0);
    expect(found.length).toBeLessThanOrEqual(100);
  });
});

describe('compiling a policy', () => {
  it('throws for one that never went through parsePolicy, with the place', () => {
    const read = parsePolicy(policyWith({}));
    if (!('policy' in read)) throw new Error('the policy should be fine');
    const rules = [{ name: 'x', when: 'foo()', grants: [] }];
    expect(() => compilePolicy({ ...read.policy, rules })).toThrow(/rules\.0\.when.*no function foo/);
  });
});
