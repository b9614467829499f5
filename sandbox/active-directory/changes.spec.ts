import { type ActiveDirectory, startActiveDirectory } from './active-directory.js';
import { change, guidDn, Playground, RawControl, read, showDeleted } from './test-client.js';

let directory: ActiveDirectory;
let play: Playground;

beforeAll(async () => {
  directory = await startActiveDirectory();
  play = await Playground.create(directory, 'changes');
});

afterAll(async () => {
  await play.client.unbind();
  await directory.stop();
});

const usn = async (dn: string): Promise<number> => Number((await read(play.client, dn, ['uSNChanged'])).uSNChanged);

describe('a new account', () => {
  it('is disabled, needs no password and has what AD adds by itself', async () => {
    const user = await play.user();
    expect(await read(play.client, user)).toMatchObject({
      objectClass: ['top', 'person', 'organizationalPerson', 'user'],
      userAccountControl: '546',
      pwdLastSet: '0',
      accountExpires: '9223372036854775807',
      primaryGroupID: '513',
      sAMAccountType: '805306368',
      objectCategory: `CN=Person,CN=Schema,CN=Configuration,${directory.baseDn}`,
      distinguishedName: user,
      whenCreated: expect.stringMatching(/^\d{14}\.0Z$/),
    });
    const { objectGUID, objectSid } = await read(play.client, user);
    expect([(objectGUID as Buffer).length, (objectSid as Buffer).length]).toEqual([16, 28]);
  });

  it('gets a made-up account name when none is given', async () => {
    const dn = `CN=nameless,${play.ou}`;
    await play.client.add(dn, { objectClass: 'user' });
    expect((await read(play.client, dn)).sAMAccountName).toMatch(/^\$[0-9A-F-]+$/);
  });
});

describe('links', () => {
  it('show on both sides and follow renames, moves and deletions', async () => {
    const [group, user, manager] = [await play.group(), await play.user(), await play.user()];
    await play.modify(group, change('add', 'member', user));
    await play.modify(user, change('replace', 'manager', manager));
    expect((await read(play.client, user)).memberOf).toBe(group);
    expect((await read(play.client, manager)).directReports).toBe(user);

    const moved = `CN=Moved\\, Ann,OU=People,${directory.baseDn}`;
    await play.client.modifyDN(user, moved);
    expect(await read(play.client, group)).toMatchObject({ member: moved });
    expect(await read(play.client, moved)).toMatchObject({ cn: 'Moved, Ann', name: 'Moved, Ann', manager });

    const before = await usn(group);
    await play.client.del(moved);
    expect((await read(play.client, group, ['member'])).member).toEqual([]);
    expect((await read(play.client, manager, ['directReports'])).directReports).toEqual([]);
    expect(await usn(group)).toBe(before);
  });

  it('are forgiven what is there already or gone already when the client is permissive', async () => {
    const [group, user] = [await play.group(), await play.user()];
    const permissive = [new RawControl('1.2.840.113556.1.4.1413')];
    await play.client.modify(group, [change('add', 'member', user)], permissive);
    await play.client.modify(group, [change('add', 'member', user)], permissive);
    await play.client.modify(group, [change('delete', 'member', user)], permissive);
    await play.client.modify(group, [change('delete', 'member', user)], permissive);
    await play.client.modify(user, [change('delete', 'title')], permissive);
    expect((await read(play.client, group, ['member'])).member).toEqual([]);
  });

  it('are replaced as a whole', async () => {
    const [group, a, b, c] = [await play.group(), await play.user(), await play.user(), await play.user()];
    await play.modify(group, change('add', 'member', a, b));
    await play.modify(group, change('replace', 'member', b, c));
    expect((await read(play.client, group)).member).toEqual([b, c]);
  });
});

describe('a modify', () => {
  it('does all or nothing', async () => {
    const [group, user, other] = [await play.group(), await play.user(), await play.user()];
    await play.modify(group, change('add', 'member', user));
    const before = await read(play.client, group);
    await expect(
      play.modify(
        group,
        change('replace', 'description', 'new'),
        change('add', 'member', other),
        change('add', 'member', user),
      ),
    ).rejects.toMatchObject({ code: 68, message: expect.stringContaining('00000562') });
    expect(await read(play.client, group)).toEqual(before);
  });

  it('counts once, and not at all when nothing is new', async () => {
    const user = await play.user();
    const before = await usn(user);
    await play.modify(user, change('replace', 'title', 'x'), change('replace', 'company', 'y'));
    expect(await usn(user)).toBe(before + 1);
    await play.modify(user, change('replace', 'title', 'x'));
    expect(await usn(user)).toBe(before + 1);
  });

  it('reaches its target by GUID, wherever that is', async () => {
    const user = await play.user();
    const guid = await guidDn(play.client, user);
    await play.modify(guid, change('replace', 'title', 'by GUID'));
    await play.client.modifyDN(guid, `CN=by GUID,${play.ou}`);
    expect(await read(play.client, guid)).toMatchObject({ dn: `CN=by GUID,${play.ou}`, title: 'by GUID' });
    await play.client.del(guid);
    await expect(read(play.client, guid)).rejects.toMatchObject({ code: 32 });
  });

  it('stores flags of userAccountControl as AD does', async () => {
    const user = await play.user();
    for (const [written, stored] of [
      ['2', '514'],
      ['66050', '66050'],
      ['8389122', '514'],
      ['530', '514'],
    ]) {
      await play.modify(user, change('replace', 'userAccountControl', written as string));
      expect([written, (await read(play.client, user)).userAccountControl]).toEqual([written, stored]);
    }
  });
});

describe('names', () => {
  it.each([
    'Zoë Ångström',
    "O'Brien)(uid=*",
    'Doe, John',
    ' #+leading and trailing ',
    '"quoted"; <a=b>',
    '日本語 🎉',
    'عربي',
    'back\\slash',
  ])('%s', async (cn) => {
    const rdn = cn
      .replace(/[\\",+<>;=]/g, '\\$&')
      .replace(/^[ #]/, '\\$&')
      .replace(/ $/, '\\ ');
    const dn = `CN=${rdn},${play.ou}`;
    await play.client.add(dn, { objectClass: 'user', sAMAccountName: play.unusedName('n'), displayName: cn });
    const entry = await read(play.client, dn);
    expect(entry).toMatchObject({ cn, name: cn, displayName: cn });
    expect((await read(play.client, entry.dn)).cn).toBe(cn);
    await play.client.modifyDN(entry.dn, `CN=plain,${play.ou}`);
    await play.client.modifyDN(`CN=plain,${play.ou}`, dn);
    expect((await read(play.client, dn)).cn).toBe(cn);
    await play.client.del(dn);
  });

  it('may change their case only', async () => {
    const user = await play.user({}, 'case');
    await play.client.modifyDN(user, `CN=CASE,${play.ou}`);
    expect((await read(play.client, user)).cn).toBe('CASE');
  });
});

describe('a deletion', () => {
  it('leaves a tombstone that comes back under its objectGUID, disabled and without its groups', async () => {
    const user = await play.enabledUser('Passw0rd!', { mail: 'a@x.example', employeeID: '42' });
    const group = await play.group();
    await play.modify(group, change('add', 'member', user));
    const living = await read(play.client, user);
    const guid = await guidDn(play.client, user);
    await play.client.del(user);

    const tombstone = await read(play.client, guid, [], showDeleted());
    expect(tombstone).toMatchObject({
      isDeleted: 'TRUE',
      lastKnownParent: play.ou,
      objectGUID: living.objectGUID,
      objectSid: living.objectSid,
      sAMAccountName: living.sAMAccountName,
    });
    expect([tombstone.mail, tombstone.memberOf]).toEqual([undefined, undefined]);
    expect(tombstone.employeeID).toBe('42'); // the schema is told to keep it (searchFlags bit 8), as in our Samba domains
    expect(Number(tombstone.uSNChanged)).toBeGreaterThan(Number(living.uSNChanged));

    const back = `CN=Back,OU=People,${directory.baseDn}`;
    await play.client.modify(
      tombstone.dn,
      [
        change('delete', 'isDeleted'),
        change('replace', 'distinguishedName', back),
        change('replace', 'mail', 'b@x.example'),
      ],
      [showDeleted()],
    );
    const restored = await read(play.client, guid);
    expect(restored).toMatchObject({
      dn: back,
      cn: 'Back',
      mail: 'b@x.example',
      userAccountControl: '546',
      pwdLastSet: '0',
      objectGUID: living.objectGUID,
      objectSid: living.objectSid,
    });
    expect([restored.isDeleted, restored.memberOf]).toEqual([undefined, undefined]);
    await expect(play.modify(back, change('replace', 'userAccountControl', '512'))).rejects.toMatchObject({ code: 53 });
  });

  it('frees the account name, so that the tombstone cannot come back beside a successor', async () => {
    const user = await play.user({}, 'successor');
    const guid = await guidDn(play.client, user);
    await play.client.del(user);
    await play.user({}, 'successor');
    await expect(
      play.client.modify(
        guid,
        [change('delete', 'isDeleted'), change('replace', 'distinguishedName', `CN=other,${play.ou}`)],
        [showDeleted()],
      ),
    ).rejects.toMatchObject({ code: 68, message: expect.stringContaining('00000524') });
  });

  it('takes a whole tree only when told to', async () => {
    const tree = `OU=tree,${play.ou}`;
    await play.client.add(tree, { objectClass: 'organizationalUnit' });
    await play.client.add(`OU=branch,${tree}`, { objectClass: 'organizationalUnit' });
    await play.client.add(`CN=leaf,OU=branch,${tree}`, { objectClass: 'user' });
    await expect(play.client.del(tree)).rejects.toMatchObject({ code: 66 });
    await play.client.del(tree, [new RawControl('1.2.840.113556.1.4.805')]);
    await expect(read(play.client, tree)).rejects.toMatchObject({ code: 32 });
  });

  it("spares AD's own objects", async () => {
    for (const name of ['CN=Users', 'CN=Administrator,CN=Users', 'CN=Domain Admins,CN=Users']) {
      await expect(
        play.client.del(`${name},${directory.baseDn}`, [new RawControl('1.2.840.113556.1.4.805')]),
      ).rejects.toMatchObject({
        code: 53,
      });
    }
  });
});
