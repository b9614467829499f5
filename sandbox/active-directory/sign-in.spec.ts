import { type ActiveDirectory, startActiveDirectory } from './active-directory.js';
import { change, connect, guidDn, Playground, quoted, RawControl, read } from './test-client.js';

const PASSWORD = 'Passw0rd!';

let directory: ActiveDirectory;
let play: Playground;

beforeAll(async () => {
  directory = await startActiveDirectory();
  play = await Playground.create(directory, 'signin');
});

afterAll(async () => {
  await play.client.unbind();
  await directory.stop();
});

/** `data` of the refusal, or `success`. */
async function signIn(name: string, password = PASSWORD): Promise<string> {
  try {
    const client = await connect(directory, name, password);
    await client.unbind();
    return 'success';
  } catch (error) {
    const text = (error as Error).message;
    return /^80090308: LdapErr: .*AcceptSecurityContext error, data (\w+), v/.exec(text)?.[1] ?? text;
  }
}

describe('sign-in', () => {
  it('takes the DN, the principal name, both account name forms and the GUID', async () => {
    const user = await play.enabledUser(PASSWORD, { sAMAccountName: 'ada', userPrincipalName: 'Ada.L@demo.example' });
    const names = [user, 'ada.l@demo.example', 'DEMO\\ada', 'demo\\ADA', 'ada@demo.tenure.example'];
    for (const name of [...names, await guidDn(play.client, user)])
      expect([name, await signIn(name)]).toEqual([name, 'success']);
    for (const name of ['ada', 'OTHER\\ada', `CN=nobody,${play.ou}`])
      expect([name, await signIn(name)]).toEqual([name, '525']);
    expect(await signIn(user, 'wrong')).toBe('52e');
  });

  it('says why an account may not sign in, but only to who knows the password', async () => {
    const user = await play.enabledUser(PASSWORD);
    const refused = async (
      attribute: string,
      value: string | Buffer,
      restored: string | undefined,
      data: string,
    ): Promise<void> => {
      await play.modify(user, change('replace', attribute, value));
      expect([attribute, await signIn(user), await signIn(user, 'wrong')]).toEqual([attribute, data, '52e']);
      await play.modify(
        user,
        restored === undefined ? change('delete', attribute) : change('replace', attribute, restored),
      );
      expect([attribute, await signIn(user)]).toEqual([attribute, 'success']);
    };
    await refused('userAccountControl', '514', '512', '533');
    await refused('pwdLastSet', '0', '-1', '773');
    await refused('accountExpires', '1', '0', '701');
    await refused('userWorkstations', 'PC1', undefined, '531');
    await refused('logonHours', Buffer.alloc(21), undefined, '530');
  });

  it('lets a password that never expires be, and ends one that is too old', async () => {
    const user = await play.enabledUser(PASSWORD);
    await play.modify(directory.baseDn, change('replace', 'maxPwdAge', '-1'));
    expect(await signIn(user)).toBe('532');
    expect(await read(play.client, user, ['msDS-User-Account-Control-Computed'])).toMatchObject({
      'msDS-User-Account-Control-Computed': String(0x800000),
    });
    await play.modify(user, change('replace', 'userAccountControl', '66048'));
    expect(await signIn(user)).toBe('success');
    await play.modify(directory.baseDn, change('replace', 'maxPwdAge', '-36288000000000'));
  });

  it('locks after as many wrong passwords as the policy says, until an administrator unlocks', async () => {
    const user = await play.enabledUser(PASSWORD);
    await play.modify(directory.baseDn, change('replace', 'lockoutThreshold', '3'));
    const answers = [
      await signIn(user, 'w'),
      await signIn(user, 'w'),
      await signIn(user, 'w'),
      await signIn(user, 'w'),
    ];
    expect([...answers, await signIn(user)]).toEqual(['52e', '52e', '52e', '775', '775']);
    await play.modify(user, change('replace', 'unicodePwd', quoted('Another1!')));
    expect(await signIn(user, 'Another1!')).toBe('775');
    await play.modify(user, change('replace', 'lockoutTime', '0'));
    expect(await signIn(user, 'Another1!')).toBe('success');
    await play.modify(directory.baseDn, change('replace', 'lockoutThreshold', '0'));
  });

  it('takes a name with an empty password for nobody, who may read the root DSE only', async () => {
    const user = await play.enabledUser(PASSWORD);
    const client = await connect(directory, user, '');
    expect((await read(client, '', ['defaultNamingContext'])).defaultNamingContext).toBe(directory.baseDn);
    await expect(client.search(directory.baseDn)).rejects.toMatchObject({
      code: 1,
      message: expect.stringContaining('000004DC'),
    });
    await expect(client.modify(user, [change('replace', 'title', 'x')])).rejects.toMatchObject({ code: 1 });
    await client.unbind();
  });

  it('forgets who signed in when the next sign-in on the connection fails', async () => {
    const client = await connect(directory, directory.adminDn, directory.adminPassword);
    await expect(client.bind(directory.adminDn, 'wrong')).rejects.toMatchObject({ code: 49 });
    await expect(client.search(directory.baseDn)).rejects.toMatchObject({ code: 1 });
    await client.unbind();
  });

  it('refuses SASL', async () => {
    const client = await connect(directory);
    await expect(client.bind('EXTERNAL')).rejects.toMatchObject({ code: 7 });
    await client.unbind();
  });
});

describe('rights', () => {
  it('lets everybody read and administrators write, through nested groups too', async () => {
    const user = await play.enabledUser(PASSWORD);
    const other = await play.user();
    const client = await connect(directory, user, PASSWORD);
    const writes = (): Promise<unknown>[] => [
      client.modify(other, [change('replace', 'title', 'x')]),
      client.modify(user, [change('replace', 'unicodePwd', quoted('Another1!'))]),
      client.add(`CN=new,${play.ou}`, { objectClass: 'user' }),
      client.modifyDN(other, `CN=other,${play.ou}`),
      client.del(other),
    ];
    for (const write of await Promise.allSettled(writes())) {
      expect(write).toMatchObject({ status: 'rejected', reason: { code: 50 } });
    }
    const effective = ['allowedChildClassesEffective', 'allowedAttributesEffective', 'sDRightsEffective'];
    expect(await read(client, play.ou, effective)).toMatchObject({
      allowedChildClassesEffective: [],
      allowedAttributesEffective: [],
      sDRightsEffective: '0',
    });

    const group = await play.group();
    await play.modify(group, change('add', 'member', user));
    await play.modify(`CN=Domain Admins,CN=Users,${directory.baseDn}`, change('add', 'member', group));
    await client.modify(other, [change('replace', 'title', 'x')]);
    expect(await read(client, play.ou, effective)).toMatchObject({
      allowedChildClassesEffective: expect.arrayContaining(['user', 'group']),
      sDRightsEffective: '15',
    });
    await client.unbind();
  });

  it('tells who is signed in', async () => {
    expect((await play.client.exop('1.3.6.1.4.1.4203.1.11.3')).value).toBe('u:DEMO\\Administrator');
    await expect(play.client.exop('1.2.3.4')).rejects.toMatchObject({ code: 2 });
  });
});

describe('passwords', () => {
  it('are changed by their owner with the old one, and by an administrator without', async () => {
    await play.modify(directory.baseDn, change('replace', 'minPwdAge', '0'));
    const user = await play.enabledUser(PASSWORD);
    const client = await connect(directory, user, PASSWORD);
    await client.modify(user, [
      change('delete', 'unicodePwd', quoted(PASSWORD)),
      change('add', 'unicodePwd', quoted('Second1!')),
    ]);
    expect([await signIn(user), await signIn(user, 'Second1!')]).toEqual(['52e', 'success']);
    await play.modify(user, change('replace', 'unicodePwd', quoted('Third3!!')));
    expect([await signIn(user, 'Second1!'), await signIn(user, 'Third3!!')]).toEqual(['52e', 'success']);
    await client.unbind();
  });

  it('are not used twice: never in a change, in a reset only when the client asks for that rule', async () => {
    const user = await play.enabledUser(PASSWORD);
    const policyHints = (critical: string): RawControl =>
      new RawControl('1.2.840.113556.1.4.2239', Buffer.from(critical, 'hex'));
    const back = (): ReturnType<typeof change> => change('replace', 'unicodePwd', quoted(PASSWORD));
    await play.modify(user, change('replace', 'unicodePwd', quoted('Second1!')));
    await expect(
      play.modify(
        user,
        change('delete', 'unicodePwd', quoted('Second1!')),
        change('add', 'unicodePwd', quoted(PASSWORD)),
      ),
    ).rejects.toMatchObject({ code: 19, message: expect.stringContaining('0000052D') });
    await expect(play.client.modify(user, [back()], [policyHints('3003020101')])).rejects.toMatchObject({ code: 19 });
    await play.client.modify(user, [back()], [policyHints('3003020100')]);
    expect(await signIn(user)).toBe('success');
  });

  it('follow the policy that stands on the domain', async () => {
    await play.modify(
      directory.baseDn,
      change('replace', 'minPwdLength', '12'),
      change('replace', 'pwdProperties', '0'),
    );
    const user = await play.user();
    await expect(play.modify(user, change('replace', 'unicodePwd', quoted('Passw0rd!')))).rejects.toMatchObject({
      code: 19,
      message: expect.stringContaining('at least 12 characters'),
    });
    await play.modify(user, change('replace', 'unicodePwd', quoted('onlysmallletters')));
    await play.modify(
      directory.baseDn,
      change('replace', 'minPwdLength', '7'),
      change('replace', 'pwdProperties', '1'),
    );
  });

  it('can be set and marked for change at sign-in, and the account enabled, in one request', async () => {
    const user = await play.user();
    await play.modify(
      user,
      change('replace', 'userAccountControl', '512'),
      change('replace', 'pwdLastSet', '0'),
      change('replace', 'unicodePwd', quoted(PASSWORD)),
    );
    expect(await signIn(user)).toBe('773');
  });

  it('are never shown, nor found by a filter', async () => {
    const user = await play.enabledUser(PASSWORD);
    expect((await read(play.client, user, ['unicodePwd'])).unicodePwd).toEqual([]);
    expect((await play.client.search(user, { filter: '(unicodePwd=*)' })).searchEntries).toEqual([]);
  });
});
