import type { Attributes } from '../person/attributes.js';
import { policyOf } from '../plan/planning.harness.js';
import { circumstancesOf } from './circumstances.js';
import { type DesiredAccount, desiredAccount } from './desired-account.js';
import { grantedDirectories } from './granted-directories.js';

/** The account in a directory `ad` that is mapped like this, for a person with these attributes. */
function account(mapping: string, attributes: Attributes, grants = '{ directory: ad }'): DesiredAccount {
  const policy = policyOf(`
version: 1
rules: [{ name: Everyone, grants: [${grants}] }]
directories:
  ad:
    correlate: { attribute: employeeID }
    ${mapping.replaceAll('\n', '\n    ')}
`);
  const circumstances = circumstancesOf('4711', attributes);
  const directory = policy.directories.get('ad');
  const granted = grantedDirectories(policy, circumstances).get('ad');
  if (!directory || !granted) throw new Error('the policy should grant ad');
  return desiredAccount(directory, granted, circumstances);
}

describe('the account that a policy wants', () => {
  it('has the values that the expressions give, and null where there is none', () => {
    const mapping = 'attributes: { title: person.title, level: person.level, mails: person.mails, boss: person.boss }';
    const { attributes, problems } = account(mapping, { level: 3, mails: ['a@x', '', 'a@x'], boss: '' });
    expect(attributes.map(({ name, value }) => [name, value])).toEqual([
      ['title', null],
      ['level', 3],
      ['mails', ['a@x']],
      ['boss', null],
    ]);
    expect(problems).toEqual([]);
  });

  it('leaves out what works with a missing attribute, and warns', () => {
    const { attributes, warnings } = account('attributes: { title: person.title + "!" }', {});
    expect(attributes).toEqual([]);
    expect(warnings).toEqual(['ad: title cannot be made: the person has no title.']);
  });

  it.each<[string, Attributes, string]>([
    [
      'attributes: { sn: { value: person.familyName, required: true } }',
      {},
      'ad: sn is required and comes out empty from person.familyName.',
    ],
    [
      'attributes: { sn: { value: person.a + "x", required: true } }',
      {},
      'ad: sn cannot be made: the person has no a.',
    ],
    ['attributes: { sn: person.a + 1 }', { a: 'x' }, 'ad: sn cannot be made: no such overload: dyn<string> + int.'],
    ['attributes: { sn: person.a }', { a: 'x\u0007' }, 'ad: sn has a control character in it (U+0007).'],
    ['attributes: { uid: { unique: person.a } }', {}, 'ad: uid comes out empty from person.a.'],
    ['attributes: { uid: { unique: person.a } }', { a: 'a\nb' }, 'ad: uid has a control character in it (U+000A).'],
    ['attributes: { uid: { unique: person.a } }', { a: 5 }, 'ad: uid is no text.'],
    [
      'attributes: { uid: { unique: \'person.a + "@x.example"\' } }',
      { a: '...' },
      'ad: uid comes out without a letter or digit from person.a; give it a fallback with coalesce().',
    ],
    ['container: person.a', { a: 'OU=a\0' }, 'ad: container has a control character in it (U+0000).'],
    ['container: \'"OU=" + person.a\'', {}, 'ad: container cannot be made: the person has no a.'],
  ])('%s refuses %j with a sentence', (mapping, attributes, problem) => {
    expect(account(mapping, attributes).problems).toEqual([problem]);
  });

  it('stands where the first grant with a value says, and otherwise where the directory says', () => {
    const grants = '{ directory: ad, container: person.a }, { directory: ad, container: person.b }';
    const mapping = 'container: person.c';
    const all = { a: 'OU=a', b: 'OU=b', c: 'OU=c' };
    expect(account(mapping, all, grants).container).toBe('OU=a');
    expect(account(mapping, { ...all, a: null }, grants).container).toBe('OU=b');
    expect(account(mapping, { c: 'OU=c' }, grants).container).toBe('OU=c');
    expect(account(mapping, {}, grants).container).toBeUndefined();
  });

  it('has the manager’s correlation key, made like the person’s own', () => {
    expect(account('manager: true', { manager: '1000' }).manager).toEqual({ attribute: 'employeeID', value: '1000' });
    expect(account('manager: true', { manager: null })).toMatchObject({ managed: true });
    expect(account('manager: true', {}).manager).toBeUndefined();
    expect(account('manager: false', { manager: '1000' })).toMatchObject({ managed: false });
  });

  it('has nobody as their own manager', () => {
    const { manager, warnings } = account('manager: true', { manager: '4711' });
    expect(manager).toBeUndefined();
    expect(warnings).toEqual(['The person is named as their own manager; nobody is set.']);
  });

  it('is correlated by HR’s id, whatever an attribute of that name says', () => {
    expect(account('manager: false', { personId: '9999' }).correlation).toEqual({
      attribute: 'employeeID',
      value: '4711',
    });
  });
});
