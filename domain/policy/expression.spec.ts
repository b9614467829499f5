import fc from 'fast-check';
import { circumstancesOf } from '../mapping/circumstances.js';
import type { Attributes } from '../person/attributes.js';
import { compileExpression, type Evaluated } from './expression.js';

/** Milliseconds of processor time: other programs on the machine do not count. */
const cpuMs = () => process.cpuUsage().user / 1_000;

const jane: Attributes = {
  givenName: 'Jané',
  familyName: 'O’Neil-Straße',
  department: 'Sales',
  level: 3,
  remote: true,
  skills: ['sql', 'go'],
  middleName: '',
  title: null,
};

function ask(text: string, attributes: Attributes = jane): Evaluated {
  const accounts = [{ directory: 'corp-ad', attributes: { mail: 'jane@corp.example', title: null } }];
  return compileExpression(text, 'value', true).evaluate(circumstancesOf('4711', attributes, accounts));
}

describe('an expression', () => {
  it.each<[string, unknown]>([
    ['person.givenName + " " + person.familyName', 'Jané O’Neil-Straße'],
    ['person.personId', '4711'],
    ['person["department"] == "Sales"', true],
    ['person.level + 1', 4n],
    ['string(person.level)', '3'],
    ['person.remote ? "home" : "office"', 'home'],
    ['"go" in person.skills', true],
    ['person.skills.exists(skill, skill.startsWith("s"))', true],
    ['person.skills.map(skill, upper(skill))', ['SQL', 'GO']],
    ['join(person.skills, "; ")', 'sql; go'],
    ['lower("ÀB")', 'àb'],
    ['trim("  a ")', 'a'],
    ['ascii("Łukasz Ćwik-Ørsted, Ægir ß 李 😀!")', 'Lukasz Cwik-Orsted, AEgir ss  !'],
    ['slug(person.givenName + "." + person.familyName)', 'jane.oneil-strasse'],
    ['slug("..Dr.  Who--")', 'dr.-who'.replace('.-', '.')],
    ['initials("Anna-Maria van Dyk")', 'AMVD'],
    ['substring(person.givenName, 0, 1)', 'J'],
    ['substring("😀é", 1)', 'é'],
    ['substring("abc", 5, 9)', ''],
    ['substring("abc", -5, 2)', 'ab'],
    ['replace("a.b.c", ".", "")', 'abc'],
    ['dn("Smith, John+1")', 'Smith\\, John\\+1'],
    ['matchesRe2(person.department, "^S")', true],
    ['matchesRe2(person.department, "^ales$")', false],
    ['accounts["corp-ad"].mail', 'jane@corp.example'],
  ])('%s gives %p', (text, value) => {
    expect(ask(text)).toEqual({ value });
  });

  it.each<[string, unknown]>([
    ['person.title', null],
    ['person.nobodySaidThis', null],
    ['person.middleName', null],
    ['person.title == null', true],
    ['person.title == "Boss"', false],
    ['person.title != "Boss"', true],
    ['has(person.title)', false],
    ['has(person.department)', true],
    ['has(person.title) ? person.title : "none"', 'none'],
    ['"title" in person', false],
    ['coalesce(person.title, person.middleName, person.department)', 'Sales'],
    ['coalesce(person.title, "")', null],
    ['coalesce(slug(person.title + "." + person.givenName), slug(person.givenName))', 'jane'],
    ['person.skills.map(skill, coalesce(person.title + skill, skill))', ['sql', 'go']],
    ['accounts["corp-ad"].title', null],
    ['accounts["corp-ad"].nothing', null],
    ['accounts["elsewhere"].mail', null],
  ])('%s treats what is empty, null or absent alike', (text, value) => {
    expect(ask(text)).toEqual({ value });
  });

  it('has() is right even after another expression read the attribute', () => {
    const circumstances = circumstancesOf('1', {});
    compileExpression('person.title == "x"', 'condition').evaluate(circumstances);
    expect(compileExpression('has(person.title)', 'condition').evaluate(circumstances)).toEqual({ value: false });
  });

  it.each([
    ['person.title + "!"', ['title']],
    ['lower(person.title)', ['title']],
    ['person.title.startsWith("B") || person.mail.contains("x")', ['title', 'mail']],
    ['person.nick + person.givenName', ['nick']],
    ['coalesce(person.nick + "x", lower(person.title))', ['nick', 'title']],
  ])('%s says which attributes it lacks', (text, missing) => {
    expect(ask(text)).toEqual({ missing });
  });

  it.each([
    ['person.department + 1', /overload/],
    ['person.skills + "x"', /overload/],
    ['join([person.level], ",")', /list of texts/],
    ['1 / (person.level - 3)', /zero/],
    ['coalesce(person.department + 1, "x")', /overload/],
  ])('%s says what the problem is', (text, problem) => {
    expect(ask(text)).toEqual({ problem: expect.stringMatching(problem) });
  });

  it('cannot blow a text up', () => {
    const nested = (depth: number): string =>
      depth === 0 ? '"aaaaaaaaaa"' : `replace(${nested(depth - 1)}, "a", "aaaaaaaaaa")`;
    expect(ask(nested(6))).toEqual({ problem: expect.stringContaining('longer than') });
  });

  it('takes linear time for a pattern that makes others hang', () => {
    const started = cpuMs();
    expect(ask('matchesRe2(person.a, "^(a+)+$")', { a: `${'a'.repeat(5_000)}!` })).toEqual({ value: false });
    expect(cpuMs() - started).toBeLessThan(1_000);
  });

  it('is quick: thousands of evaluations in a moment', () => {
    const expression = compileExpression('person.department == "Sales" && has(person.level)', 'condition');
    const started = cpuMs();
    for (let count = 0; count < 10_000; count++) expression.evaluate(circumstancesOf('1', jane));
    expect(cpuMs() - started).toBeLessThan(1_000);
  });

  const texts = [
    'person.a + person.b',
    'lower(person.a)',
    'slug(person.a) + "@x"',
    '"OU=" + dn(person.a)',
    'person.a.startsWith(person.b)',
    'person.a.map(x, x + "!")',
    'person.a ? person.b : "c"',
    'substring(person.a, person.b, 3)',
    'int(person.a) + 1',
    'join(person.a, person.b)',
    'initials(person.a)',
    'matchesRe2(person.a, "^x*$")',
    'has(person.a) && person.a == person.b',
    'replace(person.a, person.b, person.b)',
    'string(person.a)',
    'size(person.a) > 2',
    'person.a in person.b',
  ].map((text) => compileExpression(text, 'value', true));
  const value = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'binary', minLength: 300, maxLength: 400 }),
    fc.constantFrom('', ')(uid=*', 'O\'Neil "x"', 'a,b', '😀', 'שלום', '\0', '\ud800', '__proto__'),
    fc.double(),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.string({ unit: 'binary' })),
  );

  it('never throws, whatever HR sends', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), value, value, (expression, a, b) => {
        const result = expression.evaluate(circumstancesOf('1', { a, b }));
        expect(Object.keys(result)).toHaveLength(1);
      }),
      { numRuns: 2_000 },
    );
  });

  it('gives the same for the same person', () => {
    fc.assert(
      fc.property(fc.constantFrom(...texts), value, value, (expression, a, b) => {
        const first = expression.evaluate(circumstancesOf('1', { a, b }));
        expect(expression.evaluate(circumstancesOf('1', { b, a }))).toEqual(first);
      }),
    );
  });
});

describe('a text function', () => {
  const name = (text: string) => `${JSON.stringify(text)}`;

  it('slug gives what a logon name can be, or nothing', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        const result = ask('slug(person.a)', { a: text || 'x' });
        expect('value' in result && result.value).toMatch(/^([a-z0-9]+([._-][a-z0-9]+)*)?$/);
      }),
    );
  });

  it('ascii leaves printable ASCII as it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii', minLength: 1 }), (text) => {
        fc.pre(!text.includes('\\'));
        expect(ask(`ascii(${name(text)})`)).toEqual({ value: text });
      }),
    );
  });
});
