import { EqualityFilter, type SearchOptions } from 'ldapts';
import { type ActiveDirectory, startActiveDirectory } from './active-directory.js';
import { change, guidDn, Playground, RawControl, read, showDeleted } from './test-client.js';

let directory: ActiveDirectory;
let play: Playground;

beforeAll(async () => {
  directory = await startActiveDirectory();
  play = await Playground.create(directory, 'search');
});

afterAll(async () => {
  await play.client.unbind();
  await directory.stop();
});

/** The names that a filter finds below the playground. */
async function names(
  filter: string | EqualityFilter,
  scope: 'base' | 'one' | 'sub' = 'sub',
  base = play.ou,
): Promise<string[]> {
  const { searchEntries } = await play.client.search(base, { scope, filter, attributes: ['name'] });
  return searchEntries.map((entry) => String(entry.name)).sort();
}

describe('the root DSE', () => {
  it('says what the directory is', async () => {
    const rootDse = await read(play.client, '', []);
    expect(rootDse).toMatchObject({
      defaultNamingContext: 'DC=demo,DC=tenure,DC=example',
      dnsHostName: 'dc1.demo.tenure.example',
      supportedControl: expect.arrayContaining(['1.2.840.113556.1.4.319', '1.2.840.113556.1.4.417']),
      supportedCapabilities: expect.arrayContaining(['1.2.840.113556.1.4.800']),
    });
    const before = Number(rootDse.highestCommittedUSN);
    const user = await play.user();
    const after = Number((await read(play.client, '', ['highestCommittedUSN'])).highestCommittedUSN);
    expect(after).toBeGreaterThan(before);
    expect(Number((await read(play.client, user)).uSNChanged)).toBe(after);
  });
});

describe('the token of who is signed in', () => {
  it('stands in the root DSE, for who asks', async () => {
    const admins = await read(play.client, `CN=Domain Admins,CN=Users,${directory.baseDn}`);
    const { searchEntries } = await play.client.search('', {
      scope: 'base',
      attributes: ['tokenGroups'],
      explicitBufferAttributes: ['tokenGroups'],
    });
    expect(searchEntries[0]?.tokenGroups).toContainEqual(admins.objectSid);
    expect((await read(play.client, '')).tokenGroups).toBeUndefined();
  });
});

describe('filters', () => {
  beforeAll(async () => {
    await play.user(
      { sn: 'Müller', mail: 'a@x.example', employeeID: '007', userAccountControl: '546', telephoneNumber: '1' },
      'Anna',
    );
    await play.user(
      { sn: 'Muller', mail: 'b@x.example', userAccountControl: '66082', proxyAddresses: ['SMTP:b@x', 'smtp:bb@x'] },
      'Bela',
    );
    await play.user({ sn: 'O (Brien) *\\', mail: 'c@y.example' }, 'Cleo');
  });

  it.each([
    ['(sn=muller)', ['Anna', 'Bela']],
    ['(mail=*)', ['Anna', 'Bela', 'Cleo']],
    ['(mail=*@x*)', ['Anna', 'Bela']],
    ['(mail=b*ple)', ['Bela']],
    ['(mail=*@*.*example)', ['Anna', 'Bela', 'Cleo']],
    ['(sn=o \\28brien\\29 \\2a\\5c)', ['Cleo']],
    ['(proxyAddresses=SMTP:BB@x)', ['Bela']],
    ['(&(objectCategory=person)(objectClass=user)(mail=a@*))', ['Anna']],
    ['(|(mail=a@x.example)(mail=b@x.example))', ['Anna', 'Bela']],
    ['(&(mail=*)(!(mail=a@x.example)))', ['Bela', 'Cleo']],
    ['(&(mail=*)(!(nonsense=1)))', []],
    ['(|(nonsense=1)(mail=c@y.example))', ['Cleo']],
    ['(employeeID>=005)', ['Anna']],
    ['(&(mail=*)(userAccountControl>=547))', ['Bela']],
    ['(&(mail=*)(userAccountControl<=546))', ['Anna', 'Cleo']],
    ['(&(mail=*)(userAccountControl:1.2.840.113556.1.4.803:=65536))', ['Bela']],
    ['(&(mail=*)(userAccountControl:1.2.840.113556.1.4.804:=65536))', ['Bela']],
    ['(&(mail=*)(userAccountControl:1.2.840.113556.1.4.803:=65538))', ['Bela']],
    ['(&(mail=*)(!(telephoneNumber=*)))', ['Bela', 'Cleo']],
    ['(mail~=a@x.example)', ['Anna']],
  ])('%s', async (filter, found) => {
    expect(await names(filter)).toEqual(found);
  });

  it('find by the bytes of objectGUID and objectSid', async () => {
    const { objectGUID, objectSid } = await read(play.client, `CN=Anna,${play.ou}`);
    expect(await names(new EqualityFilter({ attribute: 'objectGUID', value: objectGUID as Buffer }))).toEqual(['Anna']);
    expect(await names(new EqualityFilter({ attribute: 'objectSid', value: objectSid as Buffer }))).toEqual(['Anna']);
  });

  it('find by links, directly and through nested groups', async () => {
    const [inner, outer] = [await play.group(), await play.group()];
    const [anna, bela] = [`CN=Anna,${play.ou}`, `CN=Bela,${play.ou}`];
    await play.modify(inner, change('add', 'member', anna));
    await play.modify(outer, change('add', 'member', inner, bela));
    await play.modify(anna, change('replace', 'manager', bela));
    expect(await names(`(memberOf=${outer})`)).toEqual(expect.arrayContaining(['Bela']));
    expect(await names(`(&(objectClass=user)(memberOf=${outer}))`)).toEqual(['Bela']);
    expect(await names(`(&(objectClass=user)(memberOf:1.2.840.113556.1.4.1941:=${outer}))`)).toEqual(['Anna', 'Bela']);
    expect((await names(`(member:1.2.840.113556.1.4.1941:=${anna})`)).length).toBe(2);
    expect(await names(`(manager=${await guidDn(play.client, bela)})`)).toEqual(['Anna']);
    expect(await names(`(directReports=${anna})`)).toEqual(['Bela']);
    expect(await names(`(distinguishedName=${anna})`)).toEqual(['Anna']);
  });

  it('look no further than the scope', async () => {
    await play.client.add(`OU=deep,${play.ou}`, { objectClass: 'organizationalUnit' });
    await play.client.add(`CN=Dora,OU=deep,${play.ou}`, { objectClass: 'user', mail: 'd@z.example' });
    expect(await names('(mail=d@z.example)', 'one')).toEqual([]);
    expect(await names('(mail=d@z.example)', 'sub')).toEqual(['Dora']);
    expect(await names('(mail=d@z.example)', 'sub', `OU=Leavers,${directory.baseDn}`)).toEqual([]);
    expect(await names('(objectClass=organizationalUnit)', 'one')).toEqual(['deep']);
    expect(await names('(objectClass=*)', 'base')).toEqual(['search']);
  });
});

describe('what is returned', () => {
  it('is what was asked for, named as the schema names it', async () => {
    const user = await play.user({ title: 'x' });
    const { searchEntries } = await play.client.search(user, { scope: 'base', attributes: ['TITLE', 'nonsense'] });
    expect(Object.keys(searchEntries[0] ?? {})).toEqual(['dn', 'title', 'nonsense']);
    expect(Object.keys(await read(play.client, user, ['1.1']))).toEqual(['dn', '1.1']);
    expect(await read(play.client, user, ['canonicalName'])).toMatchObject({
      canonicalName: expect.stringMatching(/^demo\.tenure\.example\/search\/search-user\d+$/),
    });
    expect((await read(play.client, user)).canonicalName).toBeUndefined();
    expect(await read(play.client, user, ['*', 'canonicalName'])).toMatchObject({
      title: 'x',
      canonicalName: expect.anything(),
    });
  });

  it('has the SIDs of all groups in tokenGroups', async () => {
    const [user, inner, outer] = [await play.user(), await play.group(), await play.group()];
    await play.modify(inner, change('add', 'member', user));
    await play.modify(outer, change('add', 'member', inner));
    const { searchEntries } = await play.client.search(user, {
      scope: 'base',
      attributes: ['tokenGroups'],
      explicitBufferAttributes: ['tokenGroups'],
    });
    const expected = [(await read(play.client, inner)).objectSid, (await read(play.client, outer)).objectSid];
    expect(searchEntries[0]?.tokenGroups).toEqual(expect.arrayContaining(expected as Buffer[]));
    expect(searchEntries[0]?.tokenGroups).toHaveLength(3);
  });

  it('bears GUID and SID in its DNs when the client asks', async () => {
    const [user, group] = [await play.user(), await play.group()];
    await play.modify(group, change('add', 'member', user));
    const extendedDn = new RawControl('1.2.840.113556.1.4.529', Buffer.from('3003020101', 'hex'));
    const entry = await read(play.client, group, ['member'], extendedDn);
    expect(entry.member).toBe(
      `${await guidDn(play.client, user)};${/<SID=[^>]*>/.exec(String(entry.member))?.[0]};${user}`,
    );
  });
});

describe('limits', () => {
  let crowd: string;
  let everyone: string;

  const CROWD = 3100;

  beforeAll(async () => {
    crowd = `OU=crowd,${play.ou}`;
    await play.client.add(crowd, { objectClass: 'organizationalUnit' });
    const dns = Array.from({ length: CROWD }, (_, index) => `CN=c${index},${crowd}`);
    await Promise.all(
      dns.map((dn, index) => play.client.add(dn, { objectClass: 'user', sAMAccountName: `c${index}` })),
    );
    everyone = await play.group();
    await play.modify(everyone, change('add', 'member', ...dns));
  }, 30_000);

  it('cut a search without pages after 1,000 entries, and say so', async () => {
    await expect(play.client.search(crowd, { scope: 'one', attributes: ['cn'] })).rejects.toMatchObject({ code: 4 });
    // ldapts takes the same code for success where the client asked for a limit.
    const { searchEntries } = await play.client.search(crowd, { scope: 'one', sizeLimit: 5 });
    expect(searchEntries).toHaveLength(5);
  });

  it('make pages of 1,000 at most, which together hold everybody once', async () => {
    const found: string[] = [];
    const sizes: number[] = [];
    const options: SearchOptions = { scope: 'one', attributes: ['cn'], paged: { pageSize: 5000 } };
    for await (const page of play.client.searchPaginated(crowd, options)) {
      sizes.push(page.searchEntries.length);
      found.push(...page.searchEntries.map((entry) => String(entry.cn)));
    }
    expect(sizes).toEqual([1000, 1000, 1000, 100]);
    expect(new Set(found).size).toBe(CROWD);
  });

  it('show 1,500 values of an attribute at a time, the plain name without any', async () => {
    const first = await read(play.client, everyone, ['member']);
    expect(first.member).toEqual([]);
    expect(first['member;range=0-1499']).toHaveLength(1500);
    const second = await read(play.client, everyone, ['member;range=1500-*']);
    expect(second['member;range=1500-2999']).toHaveLength(1500);
    const last = await read(play.client, everyone, ['member;range=3000-*']);
    expect(last['member;range=3000-*']).toHaveLength(100);
    const all = [first['member;range=0-1499'], second['member;range=1500-2999'], last['member;range=3000-*']].flat();
    expect(new Set(all).size).toBe(CROWD);
    await expect(read(play.client, everyone, ['member;range=3100-*'])).rejects.toMatchObject({ code: 1 });
  });

  it('leave a part that was asked for as it is', async () => {
    const entry = await read(play.client, everyone, ['member;range=10-19']);
    expect(entry['member;range=10-19']).toHaveLength(10);
  });
});

describe('a control that cannot be read', () => {
  it('is refused, and the connection goes on', async () => {
    const paging = new RawControl('1.2.840.113556.1.4.319', Buffer.from('ff', 'hex'));
    await expect(play.client.search(play.ou, {}, [paging])).rejects.toMatchObject({ code: 2 });
    expect(await names('(objectClass=*)', 'base')).toEqual(['search']);
  });
});

describe('deleted objects', () => {
  it('are seen with the control only', async () => {
    const user = await play.user({}, 'Deleted');
    await play.client.del(user);
    expect(await names('(sAMAccountName=Deleted)', 'sub', directory.baseDn)).toEqual([]);
    const { searchEntries } = await play.client.search(
      directory.baseDn,
      { filter: '(&(isDeleted=TRUE)(sAMAccountName=Deleted))', attributes: ['lastKnownParent'] },
      [showDeleted()],
    );
    expect(searchEntries).toMatchObject([
      { dn: expect.stringMatching(/^CN=Deleted\\0ADEL:[0-9a-f-]{36},CN=Deleted Objects,/), lastKnownParent: play.ou },
    ]);
  });
});
