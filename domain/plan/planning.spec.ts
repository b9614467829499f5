import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Operation } from './operation.js';
import { AD, ENTRA, JANE, kinds, Life, policyOf } from './planning.harness.js';
import { PlanningError } from './planning-error.js';

const EXAMPLE = policyOf(readFileSync(join(__dirname, '../policy/example.policy.yaml'), 'utf8'));

/** Milliseconds of processor time: other programs on the machine do not count. */
const cpuMs = () => process.cpuUsage().user / 1_000;

const ALL_STAFF = 'CN=All Staff,OU=Groups,DC=corp,DC=example';
const SALES = 'CN=Sales,OU=Groups,DC=corp,DC=example';

/** Two directories that have nothing to do with one another. */
const SIDE_BY_SIDE = policyOf(`
version: 1
rules:
  - name: Everyone
    grants:
      - { directory: corp-ad, groups: [Staff] }
  - name: Office
    when: person.department == "Sales"
    grants:
      - { directory: entra, groups: [Sales] }
directories:
  corp-ad:
    correlate: { attribute: employeeID }
    attributes:
      displayName: person.givenName + " " + person.familyName
      sAMAccountName: { unique: slug(person.givenName + "." + person.familyName), maxLength: 20 }
    leaver: { grace: P30D }
  entra:
    correlate: { attribute: employeeId }
    attributes:
      displayName: person.givenName + " " + person.familyName
      jobTitle: person.title
    manager: true
    leaver: { grace: P7D, keepGroups: true }
`);

function operation(life: Pick<ReturnType<Life['plan']>, 'lanes'>, directory: string, kind: Operation['kind']) {
  const lane = life.lanes.find((each) => each.directory === directory);
  return lane?.operations.find((each) => each.kind === kind);
}

describe('a joiner', () => {
  it('gets an account, the manager and the groups, in this order', () => {
    const plan = new Life(EXAMPLE).plan('joiner', JANE);
    expect(kinds(plan, 'corp-ad')).toEqual([
      'create-account',
      'set-manager',
      `add-membership ${ALL_STAFF}`,
      `add-membership ${SALES}`,
    ]);
    expect(operation(plan, 'corp-ad', 'create-account')).toMatchObject({
      target: 'jane.doe@corp.example',
      draft: {
        correlation: { attribute: 'employeeID', value: '4711' },
        container: 'OU=Sales,OU=People,DC=corp,DC=example',
        enabled: true,
        attributes: { displayName: 'Jané Doe', givenName: 'Jané', sn: 'Doe', department: 'Sales' },
        unique: [
          { attribute: 'sAMAccountName', base: 'jdoe', maxLength: 20 },
          { attribute: 'userPrincipalName', base: 'jane.doe@corp.example', maxLength: 64 },
        ],
      },
    });
    expect(operation(plan, 'corp-ad', 'set-manager')).toMatchObject({
      manager: { attribute: 'employeeID', value: '1000' },
      after: { manager: '1000' },
    });
  });

  it('gets an activation mail at the private address', () => {
    expect(new Life(EXAMPLE).plan('joiner', JANE).mail).toEqual([
      expect.objectContaining({ kind: 'send-activation-mail', to: 'jane@home.example', application: 'mail' }),
    ]);
  });

  it.each([
    ['no address', null],
    ['an empty address', ''],
    ['two addresses', 'a@x.example, b@x.example'],
    ['a header in the address', 'a@x.example\r\nBcc: all@corp.example'],
  ])('with %s gets the accounts, and the report says why there is no mail', (_what, personalMail) => {
    const plan = new Life(EXAMPLE).plan('joiner', { ...JANE, personalMail });
    expect(plan.mail).toEqual([]);
    expect(plan.failed).toEqual([
      {
        operation: expect.objectContaining({ kind: 'send-activation-mail' }),
        reason: expect.stringContaining('personalMail'),
      },
    ]);
    expect(kinds(plan, 'corp-ad')).toContain('create-account');
  });

  it('waits in a directory whose mapping reads another account, and is planned when that is there', () => {
    const life = new Life(EXAMPLE);
    const first = life.plan('joiner', JANE);
    expect(first.deferred).toEqual(['entra']);
    expect(kinds(first, 'entra')).toEqual([]);

    const whole = life.live('joiner', JANE);
    expect(operation(whole, 'entra', 'create-account')).toMatchObject({
      draft: { attributes: { userPrincipalName: 'jane.doe2@corp.example' } },
    });
  });

  it('is told apart when that other account never came to be', () => {
    const plan = new Life(EXAMPLE).plan('joiner', JANE, { only: ['entra'] });
    expect(plan.deferred).toEqual([]);
    expect(plan.failed).toEqual([
      {
        operation: expect.objectContaining({ kind: 'create-account', application: 'entra' }),
        reason: 'entra: the mapping reads the account in corp-ad, and there is none.',
      },
    ]);
  });

  it('without a name fails in the directory that needs it and says so, and goes on elsewhere', () => {
    const life = new Life(SIDE_BY_SIDE);
    const plan = life.plan('joiner', { department: 'Sales', personalMail: 'x@y.example', title: 'Dr' });
    expect(plan.failed).toEqual([
      {
        operation: expect.objectContaining({ kind: 'create-account', application: 'corp-ad' }),
        reason: 'corp-ad: sAMAccountName cannot be made: the person has no givenName and no familyName.',
      },
    ]);
    expect(kinds(plan, 'corp-ad')).toEqual([]);
    expect(operation(plan, 'entra', 'create-account')).toMatchObject({ draft: { attributes: { jobTitle: 'Dr' } } });
    expect(plan.warnings).toEqual([
      'corp-ad: displayName cannot be made: the person has no givenName and no familyName.',
      'entra: displayName cannot be made: the person has no givenName and no familyName.',
    ]);
  });

  it('with a control character in a name fails there, visibly', () => {
    const plan = new Life(EXAMPLE).plan('joiner', { ...JANE, title: 'Boss\0' });
    expect(plan.failed[0]?.reason).toBe('corp-ad: title has a control character in it (U+0000).');
  });

  it('whose name has no Latin letter gets the names that the policy falls back to', () => {
    const plan = new Life(EXAMPLE).plan('joiner', { ...JANE, givenName: '小龙', familyName: '李' });
    expect(operation(plan, 'corp-ad', 'create-account')).toMatchObject({
      draft: { unique: [{ base: '4711' }, { base: '4711@corp.example' }] },
    });
  });

  it('joins a group once that several rules give, however they spell it', () => {
    const policy = policyOf(`
version: 1
rules:
  - { name: One, grants: [{ directory: corp-ad, groups: ['CN=Staff,DC=corp', Staff] }] }
  - { name: Two, grants: [{ directory: corp-ad, groups: ['cn=staff, dc=corp', STAFF] }] }
directories: { corp-ad: { correlate: { attribute: employeeID } } }
`);
    const plan = new Life(policy).plan('joiner', JANE);
    expect(kinds(plan, 'corp-ad')).toEqual([
      'create-account',
      'add-membership CN=Staff,DC=corp',
      'add-membership Staff',
    ]);
  });

  it('who is here already is updated, without a mail', () => {
    const life = new Life(EXAMPLE);
    life.live('joiner', JANE);
    const plan = life.plan('joiner', { title: 'Director' });
    expect(kinds(plan, 'corp-ad')).toEqual(['update-account']);
    expect(plan.mail).toEqual([]);
  });

  it('gets nothing in a directory that nobody has set up, and the report says so', () => {
    const life = new Life(SIDE_BY_SIDE);
    life.directories = [AD];
    expect(life.plan('joiner', JANE).failed).toEqual([
      {
        operation: expect.objectContaining({ application: 'entra' }),
        reason: expect.stringContaining('no directory of that name'),
      },
    ]);
  });

  it('is asked nothing that a directory cannot do', () => {
    const life = new Life(SIDE_BY_SIDE);
    const nothing = { passwords: false, sessions: false, groups: false, managers: false, restore: false };
    life.directories = [
      { ...AD, can: nothing },
      { ...ENTRA, can: nothing },
    ];
    const plan = life.live('joiner', JANE);
    expect(plan.lanes.flatMap((lane) => lane.operations.map(({ kind }) => kind))).toEqual([
      'create-account',
      'create-account',
    ]);
    expect(plan.mail).toEqual([]);
    expect(kinds(life.plan('leaver'), 'entra')).toEqual(['disable-account']);
  });

  it('whose rules cannot be decided is not planned at all', () => {
    const policy = policyOf(`
version: 1
rules: [{ name: Doctors, when: 'person.title.startsWith("Dr")', grants: [] }]
directories: {}
`);
    const act = () => new Life(policy).plan('joiner', { title: null });
    expect(act).toThrow(PlanningError);
    expect(act).toThrow(/rule "Doctors" cannot be decided.*person\.title without a value/);
  });
});

describe('a mover', () => {
  it('is changed by the difference alone, with before and after', () => {
    const life = new Life(EXAMPLE);
    life.live('joiner', JANE);
    const plan = life.plan('mover', { title: 'Director', manager: '2000' });
    expect(plan.lanes).toEqual([
      {
        directory: 'corp-ad',
        accountId: life.account('corp-ad')?.id,
        correlation: { attribute: 'employeeID', value: '4711' },
        after: [],
        operations: [
          expect.objectContaining({
            kind: 'update-account',
            delta: { attributes: { title: 'Director' } },
            before: { title: 'Account Manager' },
            after: { title: 'Director' },
          }),
          expect.objectContaining({ kind: 'set-manager', before: { manager: '1000' }, after: { manager: '2000' } }),
        ],
      },
      expect.objectContaining({ directory: 'entra', after: ['corp-ad'] }),
    ]);
  });

  it('to another department changes place and groups, the old ones first', () => {
    const life = new Life(EXAMPLE);
    life.live('joiner', JANE);
    const plan = life.live('mover', { department: 'IT', title: 'Head of IT' });
    expect(kinds(plan, 'corp-ad')).toEqual([
      'update-account',
      `remove-membership ${SALES}`,
      'add-membership CN=IT Managers,OU=Groups,DC=corp,DC=example',
    ]);
    expect(operation(plan, 'corp-ad', 'update-account')).toMatchObject({
      delta: { container: 'OU=People,DC=corp,DC=example', attributes: { department: 'IT' } },
      before: { container: 'OU=Sales,OU=People,DC=corp,DC=example' },
    });
    expect(kinds(plan, 'entra')).toEqual(['update-account', 'remove-membership Sales', 'remove-membership CRM Users']);
  });

  it('with a new name keeps the unique names, and the addresses that repeat them', () => {
    const life = new Life(EXAMPLE);
    life.live('joiner', JANE);
    expect(life.account('corp-ad')?.attributes).toMatchObject({
      mail: 'jane.doe2@corp.example',
      sAMAccountName: 'jdoe2',
    });
    expect(life.plan('mover').lanes).toEqual([]);
    const delta = { attributes: { displayName: 'Jané Roe', sn: 'Roe', mail: 'jane.roe@corp.example' } };
    expect(operation(life.plan('mover', { familyName: 'Roe' }), 'corp-ad', 'update-account')).toMatchObject({ delta });
    expect(operation(life.plan('mover', { familyName: 'Roe' }), 'corp-ad', 'update-account')).not.toHaveProperty(
      'delta.unique',
    );
  });

  it('with a new name gets new unique names where the policy says so', () => {
    const policy = policyOf(`
version: 1
rules: [{ name: Everyone, grants: [{ directory: corp-ad }] }]
directories:
  corp-ad:
    correlate: { attribute: employeeID }
    attributes: { uid: { unique: lower(person.familyName), once: false } }
`);
    const life = new Life(policy);
    life.live('joiner', JANE);
    expect(life.plan('mover').lanes).toEqual([]);
    expect(operation(life.plan('mover', { familyName: 'Roe' }), 'corp-ad', 'update-account')).toMatchObject({
      delta: { unique: [{ attribute: 'uid', base: 'roe' }] },
      before: { uid: 'doe2' },
      after: { uid: 'roe' },
    });
  });

  it('loses a value that HR takes away, and keeps one that cannot be made', () => {
    const life = new Life(EXAMPLE);
    life.live('joiner', JANE);
    const plan = life.plan('mover', { title: null, givenName: null });
    expect(operation(plan, 'corp-ad', 'update-account')).toMatchObject({
      delta: { attributes: { title: null, givenName: null } },
    });
    expect(operation(plan, 'corp-ad', 'update-account')?.after).not.toHaveProperty('displayName');
    expect(plan.warnings).toContain(
      'corp-ad: displayName cannot be made: the person has no displayName and no givenName.',
    );
  });

  it('into a directory is created there and told by mail, unless a link is out already', () => {
    const life = new Life(SIDE_BY_SIDE);
    life.live('joiner', { ...JANE, department: 'IT' });
    const plan = life.plan('mover', { department: 'Sales' });
    expect(kinds(plan, 'entra')).toEqual(['create-account', 'set-manager', 'add-membership Sales']);
    expect(plan.mail).toHaveLength(1);
    expect(life.plan('mover', { department: 'Sales' }, { activation: 'open' }).mail).toEqual([]);
  });

  it('gets the mail that is still owed', () => {
    const life = new Life(SIDE_BY_SIDE);
    life.live('joiner', JANE);
    expect(life.plan('mover', { title: 'x' }).mail).toEqual([]);
    expect(life.plan('mover', { title: 'x' }, { activation: 'due' }).mail).toHaveLength(1);
  });

  it('out of a directory is cut there like a leaver, and deleted later', () => {
    const life = new Life(SIDE_BY_SIDE);
    life.live('joiner', JANE);
    const plan = life.live('mover', { department: 'IT' });
    expect(kinds(plan, 'entra')).toEqual(['disable-account', 'revoke-sessions', 'scramble-password']);
    expect(plan.later).toMatchObject([
      { afterMs: 7 * 86_400_000, lane: { directory: 'entra', operations: [{ kind: 'delete-account' }] } },
    ]);
    expect(life.account('corp-ad')?.state).toBe('active');
  });

  it('does not start a grace period anew', () => {
    const life = new Life(SIDE_BY_SIDE);
    life.live('joiner', JANE);
    life.live('mover', { department: 'IT' });
    life.now = '2026-11-26T12:00:00.000Z';
    const plan = life.plan('mover', { title: 'x' });
    expect(kinds(plan, 'entra')).toEqual([]);
    expect(plan.later.map(({ afterMs }) => afterMs)).toEqual([4 * 86_400_000]);
  });

  it('who has not started yet changes on paper alone', () => {
    const plan = new Life(EXAMPLE).plan('mover', JANE);
    expect(plan).toMatchObject({ lanes: [], mail: [], person: { state: 'expected', attributes: JANE } });
  });

  it('takes nothing for a change that only the spelling of a group or place makes', () => {
    const life = new Life(EXAMPLE);
    life.live('joiner', JANE);
    const account = life.account('corp-ad');
    if (!account) throw new Error('there should be an account');
    account.memberships = account.memberships.map((group) => group.toLowerCase());
    account.container = 'ou=sales, ou=people, dc=corp, dc=example';
    expect(life.plan('mover').lanes).toEqual([]);
  });
});

describe('a leaver', () => {
  it('is cut everywhere first, then loses the groups, then is deleted after the grace period', () => {
    const life = new Life(EXAMPLE);
    life.live('joiner', JANE);
    const plan = life.plan('leaver');
    expect(kinds(plan, 'corp-ad')).toEqual([
      'disable-account',
      'scramble-password',
      `remove-membership ${ALL_STAFF}`,
      `remove-membership ${SALES}`,
    ]);
    expect(kinds(plan, 'entra').slice(0, 3)).toEqual(['disable-account', 'revoke-sessions', 'scramble-password']);
    expect(plan.lanes.map(({ after }) => after)).toEqual([[], []]);
    expect(plan.later).toMatchObject([
      { afterMs: 30 * 86_400_000, lane: { directory: 'corp-ad', accountId: life.account('corp-ad')?.id } },
      { lane: { directory: 'entra' } },
    ]);
    expect(plan.mail).toEqual([]);
  });

  it('is looked for by HR’s id where no account is known, and nothing unknown is deleted', () => {
    const plan = new Life(EXAMPLE).plan('leaver');
    expect(plan.lanes).toMatchObject([
      { directory: 'corp-ad', correlation: { attribute: 'employeeID', value: '4711' } },
      { directory: 'entra', correlation: { attribute: 'employeeId', value: '4711' } },
    ]);
    expect(plan.lanes.map(({ accountId }) => accountId)).toEqual([undefined, undefined]);
    expect(plan.later).toEqual([]);
  });

  it('is cut in a directory with a known account even if the policy forgot the directory', () => {
    const life = new Life(policyOf('version: 1\nrules: []\ndirectories: {}'));
    const other = new Life(EXAMPLE);
    other.live('joiner', JANE);
    life.accounts = other.accounts.filter(({ directory }) => directory === 'corp-ad');
    const plan = life.plan('leaver');
    expect(kinds(plan, 'corp-ad')).toContain('disable-account');
    expect(plan.warnings).toEqual(['entra: nobody is looked for, because the policy does not mention it.']);
  });

  it('is cut whatever the policy’s conditions say of their attributes', () => {
    const policy = policyOf(`
version: 1
rules: [{ name: Doctors, when: 'person.title.startsWith("Dr")', grants: [] }]
directories: { corp-ad: { correlate: { attribute: employeeID } } }
`);
    expect(kinds(new Life(policy).plan('leaver', { title: null }), 'corp-ad')).toContain('disable-account');
  });

  it('keeps the groups where the policy says so', () => {
    const life = new Life(SIDE_BY_SIDE);
    life.live('joiner', JANE);
    expect(kinds(life.plan('leaver'), 'entra')).not.toContain('remove-membership Sales');
  });

  it('who has left is cut once more, and the grace period goes on', () => {
    const life = new Life(EXAMPLE);
    life.live('joiner', JANE);
    life.live('leaver');
    life.now = '2026-12-03T12:00:00.000Z';
    const plan = life.plan('leaver');
    expect(kinds(plan, 'corp-ad')).toEqual(['disable-account', 'scramble-password']);
    expect(plan.later[0]?.afterMs).toBe(20 * 86_400_000);
  });

  it('has what was taken away remembered', () => {
    const life = new Life(EXAMPLE);
    life.live('joiner', JANE);
    life.live('leaver');
    expect(life.account('corp-ad')).toMatchObject({
      state: 'disabled',
      memberships: [],
      withdrawn: [ALL_STAFF, SALES],
      cutAt: life.now,
    });
  });
});

describe('a rehire', () => {
  function leftAndDeleted(): Life {
    const life = new Life(EXAMPLE);
    life.live('joiner', JANE);
    life.letGracePass(life.live('leaver'));
    return life;
  }

  it('within the grace period gets the same account, the groups and a mail', () => {
    const life = new Life(EXAMPLE);
    life.live('joiner', JANE);
    life.live('leaver');
    const anchor = life.account('corp-ad')?.id;
    const plan = life.live('rehire', { title: 'Consultant' });
    expect(kinds(plan, 'corp-ad')).toEqual([
      'update-account',
      'enable-account',
      `add-membership ${ALL_STAFF}`,
      `add-membership ${SALES}`,
    ]);
    expect(plan.mail).toHaveLength(1);
    expect(plan.later).toEqual([]);
    expect(life.account('corp-ad')).toMatchObject({ id: anchor, state: 'active' });
    expect(life.account('corp-ad')?.cutAt).toBeUndefined();
    expect(life.account('corp-ad')?.withdrawn).toBeUndefined();
  });

  it('after the deletion brings the account back from the recycle bin', () => {
    const life = leftAndDeleted();
    const anchor = life.account('corp-ad')?.id;
    const plan = life.live('rehire');
    expect(kinds(plan, 'corp-ad')).toEqual([
      'restore-account',
      'update-account',
      'enable-account',
      'set-manager',
      `add-membership ${ALL_STAFF}`,
      `add-membership ${SALES}`,
    ]);
    expect(operation(plan, 'corp-ad', 'restore-account')).toMatchObject({ draft: { correlation: { value: '4711' } } });
    expect(life.account('corp-ad')).toMatchObject({ id: anchor, state: 'active' });
  });

  it('gets a new account where a deleted one cannot come back', () => {
    const life = leftAndDeleted();
    life.directories = [{ ...AD, can: { ...AD.can, restore: false } }, ENTRA];
    expect(kinds(life.plan('rehire'), 'corp-ad')[0]).toBe('create-account');
  });
});

describe('the ids of operations', () => {
  it('are the same for the same event and state, and others for another event', () => {
    const life = new Life(EXAMPLE);
    const ids = (plan: ReturnType<Life['plan']>) => plan.lanes.flatMap((lane) => lane.operations.map(({ id }) => id));
    const first = ids(life.plan('joiner', JANE));
    expect(ids(life.plan('joiner', JANE))).toEqual(first);
    expect(new Set(first).size).toBe(first.length);
    expect(first[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    life.live('joiner', JANE);
    life.accounts = [];
    for (const id of ids(life.plan('joiner', JANE))) expect(first).not.toContain(id);
  });
});

describe('planning', () => {
  it('is quick: two thousand plans a second and more', () => {
    const life = new Life(EXAMPLE);
    life.live('joiner', JANE);
    for (let count = 0; count < 200; count++) life.plan('mover', { title: `x${count}` });
    const started = cpuMs();
    for (let count = 0; count < 2_000; count++) life.plan('mover', { title: `x${count}` });
    expect(cpuMs() - started).toBeLessThan(2_000);
  });
});
