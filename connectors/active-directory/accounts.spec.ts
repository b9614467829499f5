import fc from 'fast-check';
import { Attribute, Change, type Client, type Entry, EqualityFilter } from 'ldapts';
import { startActiveDirectory } from '../../sandbox/active-directory/active-directory.js';
import { startTestSamba } from '../../test/servers/samba.js';
import { type RunningDomain, signedIn, startedDirectory } from '../conformance/active-directory/running-domain.js';
import type { StartedDirectory } from '../conformance/harness.js';
import { op, refusal } from '../conformance/stage.js';
import type { AccountDraft } from '../contract/account.js';
import type { ActiveDirectoryConnector } from './active-directory.connector.js';
import { activeDirectory } from './index.js';

describe.each<[string, () => Promise<RunningDomain>]>([
  ['Samba', () => startTestSamba()],
  ['the stand-in', () => startActiveDirectory({ seed: { organizationalUnits: [], groups: [] } })],
])('accounts of Active Directory on %s', (_, start) => {
  let domain: RunningDomain;
  let directory: StartedDirectory;
  let connector: ActiveDirectoryConnector;
  let admin: Client;
  let staff: string;
  let people = 0;

  beforeAll(async () => {
    domain = await start();
    directory = await startedDirectory(domain);
    connector = activeDirectory.connect(directory.configuration) as ActiveDirectoryConnector;
    admin = await signedIn(domain, domain.adminUpn, domain.adminPassword);
    staff = `OU=Staff,${domain.baseDn}`;
  }, 60_000);
  afterAll(async () => {
    await connector.close();
    await admin.unbind();
    await directory.stop();
  });

  function draft(over: Partial<AccountDraft> & { sam?: string; upn?: string } = {}): AccountDraft {
    const key = `k${++people}`;
    const { sam = key, upn = `${key}@corp.test`, ...rest } = over;
    return {
      correlation: { attribute: 'employeeID', value: key },
      attributes: { displayName: `Person ${key}` },
      unique: [
        { attribute: 'sAMAccountName', base: sam },
        { attribute: 'userPrincipalName', base: upn },
      ],
      enabled: true,
      ...rest,
    };
  }

  async function raw(sam: unknown, ...attributes: string[]): Promise<Entry> {
    const filter = new EqualityFilter({ attribute: 'sAMAccountName', value: Buffer.from(String(sam)) });
    const [entry] = (await admin.search(domain.baseDn, { filter, attributes })).searchEntries;
    if (!entry) throw new Error(`There is no ${sam}.`);
    return entry;
  }

  describe('names', () => {
    it('takes from a sAMAccountName what AD refuses, and cuts it to 20 with its counter', async () => {
      const sam = 'maximiliane "von+der*hohenstein"';
      const first = await connector.create(op(), draft({ sam }));
      const second = await connector.create(op(), draft({ sam }));
      expect(first.account.attributes.sAMAccountName).toBe('maximiliane vonderho');
      expect(second.account.attributes.sAMAccountName).toBe('maximiliane vonderh2');
    });

    it('moves both names when only the userPrincipalName is taken', async () => {
      const upn = `taken${people}@corp.test`;
      await connector.create(op(), draft({ upn }));
      const { account } = await connector.create(op(), draft({ upn, sam: 'only.upn' }));
      expect(account.attributes).toMatchObject({
        sAMAccountName: 'only.upn2',
        userPrincipalName: upn.replace('@', '2@'),
      });
    });

    it('goes around the name of a group', async () => {
      await admin.add(`CN=Crew,${domain.baseDn}`, { objectClass: 'group', sAMAccountName: 'crew' });
      const { account } = await connector.create(op(), draft({ sam: 'crew' }));
      expect(account.attributes.sAMAccountName).toBe('crew2');
    });

    it('finds the first free name behind many', async () => {
      for (let index = 1; index <= 25; index++) await connector.create(op(), draft({ sam: 'smith' }));
      const { account } = await connector.create(op(), draft({ sam: 'SMITH' }));
      expect(account.attributes.sAMAccountName).toBe('SMITH26');
    });

    it('moves mail addresses with the name', async () => {
      const upn = 'jane.doe@corp.test';
      const attributes = { displayName: 'Jane Doe', mail: upn, proxyAddresses: [`SMTP:${upn}`, 'smtp:jd@corp.test'] };
      await connector.create(op(), draft({ upn, sam: 'jane.doe', attributes }));
      const { account } = await connector.create(op(), draft({ upn, sam: 'jane.doe', attributes }));
      expect(account.attributes).toMatchObject({
        mail: 'jane.doe2@corp.test',
        proxyAddresses: ['SMTP:jane.doe2@corp.test', 'smtp:jd@corp.test'],
      });
    });

    it('keeps a mail address unique too, though AD does not', async () => {
      const withMail = (mail: string) => {
        const one = draft();
        return { ...one, unique: [...one.unique, { attribute: 'mail', base: mail }] };
      };
      const alias = draft();
      alias.attributes.proxyAddresses = ['smtp:alias@corp.test'];
      await connector.create(op(), alias);
      await connector.create(op(), withMail('Post@corp.test'));
      const second = await connector.create(op(), withMail('post@corp.test'));
      expect(second.account.attributes.mail).toBe('post2@corp.test');
      const third = await connector.create(op(), withMail('alias@corp.test'));
      expect(third.account.attributes.mail).toBe('alias2@corp.test');
    });

    it('counts the CN of people of one name, and cuts a long one', async () => {
      const displayName = `${'Long Name '.repeat(7)}End`;
      const [first, second] = [
        await connector.create(op(), draft({ attributes: { displayName } })),
        await connector.create(op(), draft({ attributes: { displayName } })),
      ];
      expect(first.account.attributes.cn).toBe(displayName.slice(0, 64));
      expect(second.account.attributes.cn).toBe(`${displayName.slice(0, 62)} 2`);
      expect(second.account.attributes.displayName).toBe(displayName);
    });

    it('lets the CN follow the display name, but not when a counter is all that differs', async () => {
      await connector.create(op(), draft({ attributes: { displayName: 'Ada King' } }));
      const { account } = await connector.create(op(), draft({ attributes: { displayName: 'Ada King' } }));
      expect(account.name).toBe(`CN=Ada King 2,${staff}`);
      const same = await connector.apply(op(), account.id, { attributes: { displayName: 'Ada King' } });
      expect(same.change.after).toEqual({});
      const married = await connector.apply(op(), account.id, { attributes: { displayName: 'Ada, Countess' } });
      expect(married.account.name).toBe(`CN=Ada\\, Countess,${staff}`);
      expect(married.change).toEqual({
        before: { displayName: 'Ada King', cn: 'Ada King 2' },
        after: { displayName: 'Ada, Countess', cn: 'Ada, Countess' },
      });
    });

    it('adapts a new sign-in name as it does at creation', async () => {
      const { account } = await connector.create(op(), draft());
      const delta = { attributes: { sAMAccountName: 'j/doe*' } };
      const { change } = await connector.apply(op(), account.id, delta);
      expect(change.after).toEqual({ sAMAccountName: 'jdoe' });
      expect((await connector.apply(op(), account.id, delta)).change.after).toEqual({});
    });

    it('calls a change to a taken name a conflict', async () => {
      await connector.create(op(), draft({ sam: 'first.come' }));
      const { account } = await connector.create(op(), draft());
      await refusal(connector.apply(op(), account.id, { attributes: { sAMAccountName: 'first.come' } }), 'conflict');
    });

    it('refuses a draft without a usable sAMAccountName', async () => {
      await refusal(connector.create(op(), { ...draft(), unique: [] }), 'invalid');
      await refusal(connector.create(op(), draft({ sam: ' "*" ' })), 'invalid');
    });
  });

  describe('values', () => {
    it('writes an expiry as FILETIME, and gives it back as the date', async () => {
      const { account } = await connector.create(op(), draft({ attributes: { accountExpires: '2031-05-31' } }));
      expect(account.attributes.accountExpires).toBe('2031-05-31');
      // 2031-06-01T00:00:00Z in 100 ns since 1601.
      expect((await raw(account.attributes.sAMAccountName, 'accountExpires')).accountExpires).toBe(
        '135825120000000000',
      );
      const same = await connector.apply(op(), account.id, { attributes: { accountExpires: '2031-05-31' } });
      expect(same.change.after).toEqual({});
      const never = await connector.apply(op(), account.id, { attributes: { accountExpires: null } });
      expect(never.change).toEqual({ before: { accountExpires: '2031-05-31' }, after: { accountExpires: null } });
      await refusal(connector.apply(op(), account.id, { attributes: { accountExpires: 'soon' } }), 'invalid');
    });

    it('takes values that differ only in case as one, the first', async () => {
      const proxyAddresses = ['SMTP:a@corp.test', 'smtp:A@corp.test', 'smtp:b@corp.test'];
      const { account } = await connector.create(op(), draft({ attributes: { proxyAddresses } }));
      expect(account.attributes.proxyAddresses).toEqual(['SMTP:a@corp.test', 'smtp:b@corp.test']);
    });

    it('finds nobody by a text that nobody has, whatever the text', async () => {
      await connector.create(op(), draft());
      await fc.assert(
        fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), async (value) => {
          const answer = await connector.find(op(), { attribute: 'employeeID', value: `?${value}` }).then(
            (found) => found,
            (error) => (error.category === 'invalid' ? undefined : Promise.reject(error)),
          );
          expect(answer).toBeUndefined();
        }),
      );
    });

    it('writes numbers as numbers', async () => {
      const { account } = await connector.create(op(), draft({ attributes: { countryCode: 276 } }));
      expect(account.attributes.countryCode).toBe(276);
      const { change } = await connector.apply(op(), account.id, { attributes: { countryCode: '276' } });
      expect(change.after).toEqual({});
    });

    it.each(['unicodePwd', 'userAccountControl', 'objectClass', 'memberOf', 'manager', 'nTSecurityDescriptor'])(
      'lets no mapping write %s',
      async (name) => {
        const error = await refusal(connector.create(op(), draft({ attributes: { [name]: '512' } })), 'invalid');
        expect(error.message).toContain(name);
        const { account } = await connector.create(op(), draft());
        await refusal(connector.apply(op(), account.id, { attributes: { [name.toLowerCase()]: '512' } }), 'invalid');
      },
    );

    it('keeps the other account options when it disables and enables', async () => {
      const { account } = await connector.create(op(), draft());
      const passwordNeverExpires = 0x10000;
      const { dn } = await raw(account.attributes.sAMAccountName);
      const control = new Attribute({ type: 'userAccountControl', values: [String(0x200 | passwordNeverExpires)] });
      await admin.modify(dn, new Change({ operation: 'replace', modification: control }));
      for (const enabled of [false, true]) {
        await connector.apply(op(), account.id, { enabled });
        const entry = await raw(account.attributes.sAMAccountName, 'userAccountControl');
        expect(Number(entry.userAccountControl)).toBe(0x200 | passwordNeverExpires | (enabled ? 0 : 2));
      }
    });
  });

  describe('passwords', () => {
    it('unlock an account that wrong ones had locked', async () => {
      const lockout = (threshold: string) =>
        admin.modify(
          domain.baseDn,
          new Change({
            operation: 'replace',
            modification: new Attribute({ type: 'lockoutThreshold', values: [threshold] }),
          }),
        );
      await lockout('2');
      try {
        const { account } = await connector.create(op(), draft());
        const upn = String(account.attributes.userPrincipalName);
        for (let attempt = 0; attempt < 3; attempt++) {
          await expect(signedIn(domain, upn, 'wrong')).rejects.toMatchObject({ code: 49 });
        }
        expect(Number((await raw(account.attributes.sAMAccountName, 'lockoutTime')).lockoutTime)).toBeGreaterThan(0);
        await connector.setPassword(op(), account.id, 'Korrekt-Pferd-77');
        await (await signedIn(domain, upn, 'Korrekt-Pferd-77')).unbind();
      } finally {
        await lockout('0');
      }
    });
  });

  describe('places', () => {
    it('uses the default container where the draft has none', async () => {
      const { account } = await connector.create(op(), draft());
      expect(account.container).toBe(staff);
    });

    it('refuses a container in which it would not find the account again', async () => {
      const settings = { ...(directory.configuration.settings as object), baseDn: staff };
      const narrow = activeDirectory.connect({ ...directory.configuration, settings });
      try {
        const outside = draft({ container: `CN=Users,${domain.baseDn}` });
        const error = await refusal(narrow.create(op(), outside), 'misconfigured');
        expect(error.message).toContain('baseDn');
        const { account } = await narrow.create(op(), draft());
        await refusal(narrow.apply(op(), account.id, { container: `CN=Users,${domain.baseDn}` }), 'misconfigured');
      } finally {
        await narrow.close();
      }
    });

    it('leaves accounts outside baseDn alone, whatever they bear', async () => {
      const settings = { ...(directory.configuration.settings as object), baseDn: staff };
      const narrow = activeDirectory.connect({ ...directory.configuration, settings });
      try {
        const wanted = draft({ sam: 'outsider' });
        const { account } = await connector.create(op(), { ...wanted, container: `CN=Users,${domain.baseDn}` });
        expect(await narrow.find(op(), wanted.correlation)).toBeUndefined();
        const made = await narrow.create(op(), wanted);
        expect(made.outcome).toBe('created');
        expect(made.account.id).not.toBe(account.id);
        expect(made.account.attributes.sAMAccountName).toBe('outsider2');
      } finally {
        await narrow.close();
      }
    });

    it('renames and moves at once, past somebody of that name', async () => {
      const displayName = 'Grace Hopper';
      const container = directory.containers?.other as string;
      await connector.create(op(), draft({ attributes: { displayName }, container }));
      const { account } = await connector.create(op(), draft());
      const { account: after } = await connector.apply(op(), account.id, { attributes: { displayName }, container });
      expect(after.name).toBe(`CN=Grace Hopper 2,${container}`);
      expect(await connector.read(op(), account.id)).toEqual(after);
    });
  });

  describe('removed accounts', () => {
    it('come back without a password that anybody knows', async () => {
      const { account } = await connector.create(op(), draft());
      await connector.setPassword(op(), account.id, 'Korrekt-Pferd-77');
      await connector.remove(op(), account.id);
      const restored = await connector.restore(op(), account.id);
      expect(restored.enabled).toBe(true);
      const sam = restored.attributes.sAMAccountName;
      const entry = await raw(sam, 'userAccountControl', 'pwdLastSet');
      expect([entry.userAccountControl, Number(entry.pwdLastSet) > 0]).toEqual(['512', true]);
      const upn = String(account.attributes.userPrincipalName);
      await connector.apply(op(), account.id, { attributes: { userPrincipalName: upn } });
      await expect(signedIn(domain, upn, 'Korrekt-Pferd-77')).rejects.toMatchObject({ code: 49 });
    });

    it('come back into the default container when theirs is gone, past somebody of that name', async () => {
      const container = `OU=Passing,${staff}`;
      await admin.add(container, { objectClass: 'organizationalUnit' });
      const displayName = 'Mary Jackson';
      const { account } = await connector.create(op(), draft({ container, attributes: { displayName } }));
      await connector.remove(op(), account.id);
      await admin.del(container);
      await connector.create(op(), draft({ attributes: { displayName } }));
      const restored = await connector.restore(op(), account.id);
      expect(restored.name).toBe(`CN=Mary Jackson 2,${staff}`);
    });

    it('are told apart by time: the last one is found', async () => {
      const one = draft();
      for (let round = 0; round < 4; round++) {
        const { outcome, account } = await connector.create(op(), one);
        expect(outcome).toBe('created');
        await connector.remove(op(), account.id);
        expect(await connector.findRemoved(op(), one.correlation)).toBe(account.id);
      }
    });
  });
});
