import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { EVENT_TYPES, type EventType } from '../event/lifecycle-event.js';
import { refusal } from '../event/refusal.js';
import type { Attributes } from '../person/attributes.js';
import { parsePolicy } from '../policy/parse-policy.js';
import { OPERATION_KINDS } from './operation.js';
import { JANE, kinds, Life, policyOf } from './planning.harness.js';
import { PlanningError } from './planning-error.js';

const EXAMPLE = policyOf(readFileSync(join(__dirname, '../policy/example.policy.yaml'), 'utf8'));

/** A policy in which attributes decide about everything: directories, places, groups, names. */
const LIVELY = policyOf(`
version: 1
rules:
  - { name: AD, when: person.department != "Contractors", grants: [{ directory: corp-ad, groups: [Staff, staff] }] }
  - name: Sales
    when: person.department == "Sales"
    grants:
      - { directory: corp-ad, container: '"OU=" + dn(coalesce(person.location, "None")) + ",DC=corp"', groups: [Sales] }
      - { directory: entra, groups: [Sales, CRM] }
  - { name: IT, when: person.department == "IT", grants: [{ directory: entra, groups: [Admins] }] }
directories:
  corp-ad:
    correlate: { attribute: employeeID }
    container: '"DC=corp"'
    attributes:
      displayName: { value: person.givenName + " " + person.familyName, required: true }
      title: person.title
      level: person.level
      proxyAddresses: person.aliases
      cn: { unique: person.givenName + " " + person.familyName, maxLength: 64, once: false }
      mail: { unique: slug(person.familyName) + "@x.example", once: false }
      addresses: '["SMTP:" + slug(person.familyName) + "@x.example", "smtp:all@x.example"]'
      sAMAccountName: { unique: 'coalesce(slug(person.familyName), person.personId)', maxLength: 8 }
    manager: true
    leaver: { grace: P30D }
  entra:
    correlate: { attribute: employeeId }
    after: [corp-ad]
    attributes:
      displayName: person.givenName + " " + person.familyName
      mailNickname: { unique: 'coalesce(accounts["corp-ad"].sAMAccountName, person.personId)' }
    manager: true
    leaver: { grace: P7D, keepGroups: true }
`);

const hostile = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
  fc.constantFrom(
    '',
    ')(uid=*',
    'O’Neil',
    'a,b+c="d"',
    '😀',
    'שלום',
    'x'.repeat(300),
    '\0',
    '\r\nBcc: x',
    ' ',
    '"',
    '@',
    '...',
  ),
);
const anything = fc.oneof(
  hostile,
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double(),
  fc.array(hostile, { maxLength: 4 }),
);
const plain = fc.constantFrom('Jane', 'Doe', 'Roe', 'Müller', '李', 'van den Berg');

const attributesOf = (name: fc.Arbitrary<Attributes[string]>) =>
  fc.record(
    {
      givenName: name,
      familyName: name,
      displayName: fc.oneof(name, fc.constant(null)),
      department: fc.constantFrom('Sales', 'IT', 'Contractors', 'HR', null),
      title: fc.oneof(name, fc.constant(null)),
      location: fc.oneof(name, fc.constant(null)),
      level: fc.oneof(fc.integer(), fc.constant(null)),
      aliases: fc.oneof(fc.array(fc.constantFrom('a@x', 'b@x', 'c@x')), fc.constant(null)),
      manager: fc.oneof(fc.constantFrom('1000', '2000', '4711'), fc.constant(null)),
      personalMail: fc.constantFrom('jane@home.example', 'nobody', null),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<Attributes>;

const eventsOf = (name: fc.Arbitrary<Attributes[string]>) =>
  fc.array(fc.tuple(fc.constantFrom<EventType>(...EVENT_TYPES), attributesOf(name)), { minLength: 1, maxLength: 5 });

/** Lives through events; those that make no sense or cannot be decided are passed over, as the service does. */
function lifeOf(policy: typeof EXAMPLE, events: [EventType, Attributes][]): Life {
  const life = new Life(policy, { ...JANE });
  for (const [type, attributes] of events) {
    if (refusal(life.person.state, type)) continue;
    try {
      life.live(type, attributes);
    } catch (error) {
      if (!(error instanceof PlanningError)) throw error;
    }
  }
  return life;
}

describe.each([
  ['the example policy', EXAMPLE],
  ['a policy that moves everything', LIVELY],
])('with %s', (_name, policy) => {
  it('planning again after all was done gives nothing to do', () => {
    fc.assert(
      fc.property(eventsOf(plain), (events) => {
        const life = lifeOf(policy, events);
        if (life.person.state === 'left') return;
        const again = life.plan('mover');
        expect(again.lanes).toEqual([]);
        expect(again.deferred).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('whatever happened before, a leave disables first and everywhere, and leaves nothing behind', () => {
    fc.assert(
      fc.property(eventsOf(anything), (events) => {
        const life = lifeOf(policy, events);
        const plan = life.live('leaver');
        expect(plan.lanes.map(({ directory }) => directory)).toEqual(['corp-ad', 'entra']);
        for (const { directory, after } of plan.lanes) {
          expect(kinds(plan, directory)[0]).toBe('disable-account');
          expect(after).toEqual([]);
        }
        expect(life.accounts.filter(({ state }) => state === 'active')).toEqual([]);
        expect(life.account('corp-ad')?.memberships ?? []).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('nobody who has left is enabled without a rehire', () => {
    const withoutRehire = eventsOf(anything).map((events) => events.filter(([type]) => type !== 'rehire'));
    fc.assert(
      fc.property(eventsOf(anything), withoutRehire, (before, after) => {
        const life = lifeOf(policy, before);
        life.live('leaver');
        for (const [type, attributes] of after) {
          if (refusal('left', type)) continue;
          for (const { operations } of life.live(type, attributes).lanes) {
            for (const { kind } of operations) expect(kind).toMatch(/^(disable|revoke|scramble|remove)-/);
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('a plan is the same for the same state, whatever the order of what it is told', () => {
    fc.assert(
      fc.property(
        eventsOf(anything),
        fc.constantFrom(...EVENT_TYPES),
        attributesOf(anything),
        (events, type, attributes) => {
          const life = lifeOf(policy, events);
          const planned = () => {
            try {
              return life.plan(type, attributes);
            } catch (error) {
              return String(error);
            }
          };
          const first = planned();
          life.accounts.reverse();
          expect(planned()).toEqual(first);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('whatever HR sends, there is a plan or a sentence, and every operation is whole', () => {
    fc.assert(
      fc.property(eventsOf(anything), (events) => {
        const life = new Life(policy);
        for (const [type, attributes] of events) {
          if (refusal(life.person.state, type)) continue;
          try {
            const plan = life.live(type, attributes);
            const operations = [...plan.lanes.flatMap((lane) => lane.operations), ...plan.mail];
            expect(new Set(operations.map(({ id }) => id)).size).toBe(operations.length);
            for (const each of operations) expect(OPERATION_KINDS).toContain(each.kind);
            for (const { reason } of plan.failed) expect(reason).toMatch(/\w.*\.$/s);
            for (const warning of plan.warnings) expect(warning).toMatch(/\w.*\.$/s);
            // What reaches a directory has no control character in a name or a place.
            for (const each of operations) {
              if (each.kind !== 'create-account') continue;
              expect(each.draft.container ?? '').not.toMatch(/\p{Cc}/u);
              for (const { base } of each.draft.unique) expect(base).not.toMatch(/\p{Cc}/u);
            }
          } catch (error) {
            if (!(error instanceof PlanningError)) throw error;
          }
        }
      }),
      { numRuns: 250 },
    );
  });
});

describe('a policy made of anything', () => {
  it('is accepted or refused with lines, never with an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), hostile), (text) => {
        const read = parsePolicy(text);
        if ('problems' in read)
          for (const { line, message } of read.problems) expect([line > 0, message !== '']).toEqual([true, true]);
      }),
      { numRuns: 250 },
    );
  });

  it('may hold any text as an expression', () => {
    const piece = fc.constantFrom(
      'person',
      '.',
      'a',
      '(',
      ')',
      '[',
      ']',
      '"',
      "'",
      '+',
      '==',
      '?',
      ':',
      'has',
      'lower',
      '1',
      ' ',
      ',',
      '{',
      '}',
      '\\',
      '&&',
      '!',
      'accounts',
      'map',
      '\0',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const rules = [{ name: 'x', when: pieces.join(''), grants: [] }];
        const read = parsePolicy(JSON.stringify({ version: 1, rules, directories: {} }));
        expect('policy' in read || read.problems.length > 0).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });
});
