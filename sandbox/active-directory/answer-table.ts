import { change, guidDn, type Playground, quoted, RawControl, read, showDeleted } from './test-client.js';

/** One request and the result code it gets. */
export interface AnswerCase {
  name: string;
  /** 0 is success. */
  code: number;
  /** Where Samba answers something else, and which of the two is Windows' answer. */
  samba?: { code: number; why: string };
  ask(play: Playground): Promise<unknown>;
}

const absent = (play: Playground): string => `CN=absent,${play.ou}`;

const NAMES: AnswerCase[] = [
  {
    name: 'a DN that is taken',
    code: 68,
    ask: async (play) =>
      play.user({ sAMAccountName: play.unusedName('x') }, (await play.user()).slice(3).split(',')[0]),
  },
  {
    name: 'a sAMAccountName that is taken, whatever its case',
    code: 68,
    ask: async (play) => {
      const sAMAccountName = play.unusedName('same');
      await play.user({ sAMAccountName });
      await play.user({ sAMAccountName: sAMAccountName.toUpperCase() });
    },
  },
  {
    name: 'a userPrincipalName that is taken',
    code: 19,
    ask: async (play) => {
      const userPrincipalName = `${play.unusedName('upn')}@demo.example`;
      await play.user({ userPrincipalName });
      await play.modify(await play.user(), change('replace', 'userPrincipalName', userPrincipalName));
    },
  },
  {
    name: 'a sAMAccountName of 21 characters',
    code: 80,
    samba: { code: 0, why: 'Windows holds users to 20 characters, Samba does not' },
    ask: (play) => play.user({ sAMAccountName: play.unusedName('').padEnd(21, 'x') }),
  },
  {
    name: 'a sAMAccountName with a forbidden character',
    code: 80,
    samba: { code: 19, why: 'Windows answers other with 00000523' },
    ask: (play) => play.user({ sAMAccountName: `${play.unusedName('')}*` }),
  },
  {
    name: 'a sAMAccountName that ends with a dot',
    code: 80,
    samba: { code: 19, why: 'Windows answers other with 00000523' },
    ask: (play) => play.user({ sAMAccountName: `${play.unusedName('')}.` }),
  },
  {
    name: 'a cn that differs by accents only',
    code: 68,
    samba: { code: 0, why: 'Windows compares without accents ([MS-ADTS] 6.5.1), Samba does not' },
    ask: async (play) => {
      await play.user({ sAMAccountName: play.unusedName('a') }, 'José');
      await play.user({ sAMAccountName: play.unusedName('b') }, 'Jose');
    },
  },
  {
    name: 'a cn of 65 characters',
    code: 19,
    samba: { code: 0, why: 'rangeUpper of cn is 64; Samba does not hold RDNs to it' },
    ask: (play) => play.user({ sAMAccountName: play.unusedName('long') }, 'x'.repeat(65)),
  },
  { name: 'a DN that is none', code: 34, ask: (play) => play.client.del('no name') },
  {
    name: 'add below a missing parent',
    code: 32,
    ask: (play) => play.client.add(`CN=x,OU=absent,${play.ou}`, { objectClass: 'user' }),
  },
  { name: 'search from a missing base', code: 32, ask: (play) => play.client.search(absent(play), { scope: 'base' }) },
  {
    name: 'search from a missing GUID',
    code: 32,
    ask: (play) => play.client.search('<GUID=11111111-1111-1111-1111-111111111111>'),
  },
  {
    name: 'modify what is missing',
    code: 32,
    ask: (play) => play.modify(absent(play), change('replace', 'title', 'x')),
  },
  { name: 'delete what is missing', code: 32, ask: (play) => play.client.del(absent(play)) },
  {
    name: 'search in another domain',
    code: 10,
    samba: { code: 32, why: 'a domain controller of Windows refers to the other domain' },
    ask: (play) => play.client.search('DC=other,DC=example', { scope: 'base' }),
  },
];

const SCHEMA: AnswerCase[] = [
  {
    name: 'an unknown attribute',
    code: 16,
    ask: async (play) => play.modify(await play.user(), change('replace', 'nonsense', 'x')),
  },
  { name: 'an unknown attribute in an add', code: 16, ask: (play) => play.user({ nonsense: 'x' }) },
  {
    name: 'an empty value',
    code: 21,
    ask: async (play) => play.modify(await play.user(), change('replace', 'title', '')),
  },
  {
    name: 'a value that is no number',
    code: 21,
    ask: async (play) => play.modify(await play.user(), change('replace', 'countryCode', 'x')),
  },
  {
    name: 'a value that is no boolean',
    code: 21,
    ask: async (play) => play.modify(await play.user(), change('replace', 'showInAdvancedViewOnly', 'yes')),
  },
  {
    name: 'a value longer than the schema allows',
    code: 19,
    samba: { code: 21, why: 'Windows answers constraintViolation with 00002082' },
    ask: async (play) => play.modify(await play.user(), change('replace', 'employeeID', '12345678901234567')),
  },
  {
    name: 'two values of a single-valued attribute in an add',
    code: 19,
    ask: (play) => play.user({ title: ['a', 'b'] }),
  },
  {
    name: 'two values of a single-valued attribute',
    code: 20,
    ask: async (play) => play.modify(await play.user(), change('replace', 'title', 'a', 'b')),
  },
  {
    name: 'a second value of a single-valued attribute',
    code: 20,
    ask: async (play) => play.modify(await play.user({ title: 'a' }), change('add', 'title', 'b')),
  },
  {
    name: 'a second description of a user',
    code: 20,
    ask: async (play) => play.modify(await play.user({ description: 'a' }), change('add', 'description', 'b')),
  },
  {
    name: 'a value that is there already',
    code: 20,
    ask: async (play) => play.modify(await play.user({ url: 'a' }), change('add', 'url', 'a')),
  },
  {
    name: 'to delete a value that is not there',
    code: 16,
    ask: async (play) => play.modify(await play.user({ title: 'a' }), change('delete', 'title', 'b')),
  },
  {
    name: 'to delete an attribute that is not there',
    code: 16,
    ask: async (play) => play.modify(await play.user(), change('delete', 'title')),
  },
  {
    name: 'to replace an absent attribute by nothing',
    code: 0,
    ask: async (play) => play.modify(await play.user(), change('replace', 'title')),
  },
  {
    name: 'an attribute of another class',
    code: 65,
    ask: (play) => play.modify(play.ou, change('replace', 'givenName', 'x')),
  },
  { name: 'no class', code: 65, ask: (play) => play.client.add(absent(play), { cn: 'absent' }) },
  { name: 'an unknown class', code: 16, ask: (play) => play.client.add(absent(play), { objectClass: 'nonsense' }) },
  {
    name: 'another structural class',
    code: 65,
    ask: async (play) => play.modify(await play.user(), change('replace', 'objectClass', 'group')),
  },
  {
    name: 'a user named by OU',
    code: 64,
    ask: (play) => play.client.add(`OU=absent,${play.ou}`, { objectClass: 'user' }),
  },
  {
    name: 'a user below a user',
    code: 64,
    ask: async (play) => play.client.add(`CN=x,${await play.user()}`, { objectClass: 'user' }),
  },
  {
    name: 'to write objectGUID',
    code: 19,
    ask: async (play) => play.modify(await play.user(), change('replace', 'objectGUID', Buffer.alloc(16, 1))),
  },
  {
    name: 'to write whenCreated',
    code: 19,
    ask: async (play) => play.modify(await play.user(), change('replace', 'whenCreated', '20200101000000.0Z')),
  },
  {
    name: 'to write sAMAccountType',
    code: 53,
    ask: async (play) => play.modify(await play.user(), change('replace', 'sAMAccountType', '805306368')),
  },
  {
    name: 'to write memberOf',
    code: 53,
    ask: async (play) => play.modify(await play.user(), change('add', 'memberOf', await play.group())),
  },
  { name: 'to write cn', code: 67, ask: async (play) => play.modify(await play.user(), change('replace', 'cn', 'x')) },
  {
    name: 'to write name',
    code: 67,
    ask: async (play) => play.modify(await play.user(), change('replace', 'name', 'x')),
  },
  {
    name: 'to delete sAMAccountName',
    code: 53,
    ask: async (play) => play.modify(await play.user(), change('delete', 'sAMAccountName')),
  },
  {
    name: 'to delete userAccountControl',
    code: 53,
    ask: async (play) => play.modify(await play.user(), change('delete', 'userAccountControl')),
  },
];

const LINKS: AnswerCase[] = [
  {
    name: 'to add a member who is one',
    code: 68,
    ask: async (play) => {
      const [group, user] = [await play.group(), await play.user()];
      await play.modify(group, change('add', 'member', user));
      await play.modify(group, change('add', 'member', user));
    },
  },
  {
    name: 'to remove a member who is none',
    code: 53,
    ask: async (play) => {
      const group = await play.group();
      await play.modify(group, change('add', 'member', await play.user()));
      await play.modify(group, change('delete', 'member', await play.user()));
    },
  },
  {
    name: 'to remove a member of an empty group',
    code: 53,
    samba: { code: 16, why: 'Windows answers 00000561 whether the group is empty or not' },
    ask: async (play) => play.modify(await play.group(), change('delete', 'member', await play.user())),
  },
  {
    name: 'a member that does not exist',
    code: 32,
    ask: async (play) => play.modify(await play.group(), change('add', 'member', absent(play))),
  },
  {
    name: 'a member that is no DN',
    code: 34,
    ask: async (play) => play.modify(await play.group(), change('add', 'member', 'x')),
  },
  {
    name: 'a member by GUID',
    code: 0,
    ask: async (play) =>
      play.modify(await play.group(), change('add', 'member', await guidDn(play.client, await play.user()))),
  },
  {
    name: 'a manager who does not exist',
    code: 19,
    ask: async (play) => play.modify(await play.user(), change('replace', 'manager', absent(play))),
  },
  {
    name: 'a second manager',
    code: 20,
    ask: async (play) =>
      play.modify(await play.user({ manager: await play.user() }), change('add', 'manager', await play.user())),
  },
  {
    name: 'to remove a manager who is another',
    code: 16,
    ask: async (play) =>
      play.modify(await play.user({ manager: await play.user() }), change('delete', 'manager', await play.user())),
  },
  {
    name: 'to add somebody to their primary group',
    code: 68,
    ask: async (play) =>
      play.modify(`CN=Domain Users,CN=Users,${play.directory.baseDn}`, change('add', 'member', await play.user())),
  },
];

const PLACES: AnswerCase[] = [
  {
    name: 'to rename to a name that is taken',
    code: 68,
    ask: async (play) => play.client.modifyDN(await play.user(), await play.user()),
  },
  {
    name: 'to move to a missing parent',
    code: 80,
    ask: async (play) => play.client.modifyDN(await play.user(), `CN=x,OU=absent,${play.ou}`),
  },
  { name: 'to move below itself', code: 53, ask: (play) => play.client.modifyDN(play.ou, `OU=x,${play.ou}`) },
  {
    name: 'to move below a user',
    code: 64,
    ask: async (play) => play.client.modifyDN(await play.user(), `CN=x,${await play.user()}`),
  },
  {
    name: 'to rename to another type of name',
    code: 53,
    ask: async (play) => play.client.modifyDN(await play.user(), `OU=x,${play.ou}`),
  },
  { name: 'to rename what is missing', code: 32, ask: (play) => play.client.modifyDN(absent(play), `CN=x,${play.ou}`) },
  {
    name: 'to delete a container that holds something',
    code: 66,
    ask: async (play) => {
      await play.user();
      await play.client.del(play.ou);
    },
  },
  {
    name: 'a critical control that nobody knows',
    code: 12,
    ask: (play) => play.client.search(play.ou, {}, [new RawControl('1.2.3.4')]),
  },
  {
    name: 'such a control, not critical',
    code: 0,
    ask: (play) => play.client.search(play.ou, {}, [new RawControl('1.2.3.4', undefined, false)]),
  },
  {
    name: 'a filter on a constructed attribute',
    code: 18,
    samba: { code: 0, why: 'Windows refuses ([MS-ADTS] 3.1.1.3.1.3.1), Samba finds nothing' },
    ask: (play) => play.client.search(play.ou, { filter: '(canonicalName=*)' }),
  },
  {
    name: 'a cookie that the server did not give',
    code: 53,
    ask: (play) =>
      play.client.search(play.ou, {}, [
        new RawControl('1.2.840.113556.1.4.319', Buffer.from('300a0201050405626f677573', 'hex')),
      ]),
  },
];

const PASSWORDS: AnswerCase[] = [
  ['too short', 19, quoted('Ab1!')],
  ['of one kind of characters', 19, quoted('abcdefghij')],
  ['of two kinds of characters', 19, quoted('abcdefgh12')],
  ['of three kinds of characters', 0, quoted('Abcdefgh12')],
  ['that is empty', 19, quoted('')],
  ['without quotation marks', 53, Buffer.from('Passw0rd!', 'utf16le')],
  ['in UTF-8', 53, Buffer.from('"Passw0rd!"')],
  ['cut in the middle of a character', 53, quoted('Passw0rd!').subarray(1)],
].map(([what, code, value]) => ({
  name: `a password ${what}`,
  code: code as number,
  ask: async (play: Playground) => play.modify(await play.user(), change('replace', 'unicodePwd', value as Buffer)),
}));

const ACCOUNTS: AnswerCase[] = [
  {
    name: 'a password with the account name in it',
    code: 19,
    samba: { code: 0, why: "Windows' complexity rule refuses it, Samba's only counts kinds of characters" },
    ask: (play) => {
      const sAMAccountName = play.unusedName('me');
      return play.user({ sAMAccountName, unicodePwd: quoted(`Aa1!${sAMAccountName}`) });
    },
  },
  {
    name: 'to delete the password',
    code: 53,
    ask: async (play) => play.modify(await play.enabledUser('Passw0rd!'), change('delete', 'unicodePwd')),
  },
  {
    name: 'to add a password only',
    code: 53,
    ask: async (play) =>
      play.modify(await play.enabledUser('Passw0rd!'), change('add', 'unicodePwd', quoted('Passw0rd!2'))),
  },
  {
    name: 'to change the password with a wrong old one',
    code: 19,
    ask: async (play) =>
      play.modify(
        await play.enabledUser('Passw0rd!'),
        change('delete', 'unicodePwd', quoted('wrong')),
        change('add', 'unicodePwd', quoted('Passw0rd!2')),
      ),
  },
  {
    name: 'to change the password on the day it was set',
    code: 19,
    ask: async (play) =>
      play.modify(
        await play.enabledUser('Passw0rd!'),
        change('delete', 'unicodePwd', quoted('Passw0rd!')),
        change('add', 'unicodePwd', quoted('Passw0rd!2')),
      ),
  },
  {
    name: 'to enable an account without a password',
    code: 53,
    samba: { code: 0, why: 'Windows refuses with 0000052D, Samba does not check' },
    ask: async (play) => play.modify(await play.user(), change('replace', 'userAccountControl', '512')),
  },
  {
    name: 'to enable an account that needs no password',
    code: 0,
    ask: async (play) => play.modify(await play.user(), change('replace', 'userAccountControl', '544')),
  },
  {
    name: 'to disable an account without a password',
    code: 0,
    ask: async (play) => play.modify(await play.user(), change('replace', 'userAccountControl', '514')),
  },
  {
    name: 'a userAccountControl that is no number',
    code: 21,
    ask: async (play) => play.modify(await play.user(), change('replace', 'userAccountControl', '0x202')),
  },
  {
    name: 'a pwdLastSet other than 0 and -1',
    code: 80,
    ask: async (play) => play.modify(await play.user(), change('replace', 'pwdLastSet', '123')),
  },
];

async function tombstone(play: Playground): Promise<{ guid: string; dn: string }> {
  const user = await play.user();
  const guid = await guidDn(play.client, user);
  await play.client.del(user);
  return { guid, dn: (await read(play.client, guid, ['cn'], showDeleted())).dn };
}

const DELETED: AnswerCase[] = [
  {
    name: 'to read a tombstone without saying so',
    code: 32,
    ask: async (play) => play.client.search((await tombstone(play)).guid, { scope: 'base' }),
  },
  {
    name: 'to read a tombstone',
    code: 0,
    ask: async (play) => play.client.search((await tombstone(play)).dn, { scope: 'base' }, [showDeleted()]),
  },
  {
    name: 'to delete a tombstone',
    code: 53,
    ask: async (play) => play.client.del((await tombstone(play)).dn, [showDeleted()]),
  },
  {
    name: 'to modify a tombstone',
    code: 53,
    samba: { code: 0, why: 'only an undelete may modify a deleted object ([MS-ADTS] 3.1.1.5.3.2)' },
    ask: async (play) =>
      play.client.modify((await tombstone(play)).dn, [change('replace', 'description', 'x')], [showDeleted()]),
  },
  {
    name: 'to bring a tombstone back',
    code: 0,
    ask: async (play) =>
      play.client.modify(
        (await tombstone(play)).dn,
        [
          change('delete', 'isDeleted'),
          change('replace', 'distinguishedName', `CN=${play.unusedName('back')},${play.ou}`),
        ],
        [showDeleted()],
      ),
  },
  {
    name: 'to bring a tombstone back to a name that is taken',
    code: 68,
    ask: async (play) =>
      play.client.modify(
        (await tombstone(play)).dn,
        [change('delete', 'isDeleted'), change('replace', 'distinguishedName', await play.user())],
        [showDeleted()],
      ),
  },
];

/** What AD answers to what, as measured on Samba 4.17 and known of Windows. */
export const ANSWER_TABLE: AnswerCase[] = [
  ...NAMES,
  ...SCHEMA,
  ...LINKS,
  ...PLACES,
  ...PASSWORDS,
  ...ACCOUNTS,
  ...DELETED,
];
