import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Attribute, Change, Client } from 'ldapts';
import { rightsOnly } from '../../connectors/active-directory/controls.js';
import { guidFromBytes, guidToBytes } from '../../connectors/active-directory/identifiers.js';
import { activeDirectory } from '../../connectors/active-directory/index.js';
import type { AnyConnector, Op } from '../../connectors/contract/connector.js';
import type { SambaDirectory } from '../../worker/embedded/samba.js';
import { startTestSamba } from '../servers/samba.js';

const MANUAL = readFileSync(join(__dirname, '..', '..', 'docs', 'connect-a-directory.md'), 'utf8');
const PASSWORD = 'Korrekt-Pferd-77';

/** Names in dsacls commands: classes, attributes and rights of the schema (MS-ADSC, MS-ADA, MS-ADTS 5.1.3.2.1). */
const GUIDS: Record<string, string> = {
  user: 'bf967aba-0de6-11d0-a285-00aa003049e2',
  group: 'bf967a9c-0de6-11d0-a285-00aa003049e2',
  member: 'bf9679c0-0de6-11d0-a285-00aa003049e2',
  'Reset Password': '00299570-246d-11d0-a768-00aa006e0529',
  'Reanimate Tombstones': '45ec5156-db7e-47bb-b53f-dbeb2d03c40f',
};

/** The letters of rights, which are those of SDDL but for CA (MS-DTYP 2.5.1.1, MS-ADTS 5.1.3.2). */
const RIGHTS: Record<string, number> = { CC: 0x1, DC: 0x2, LC: 0x4, RP: 0x10, WP: 0x20, CA: 0x100 };
/** CONTAINER_INHERIT_ACE, and INHERIT_ONLY_ACE with it for /I:S (MS-DTYP 2.4.4.1). */
const INHERITANCE: Record<string, number> = { T: 0x2, S: 0xa };

interface Grant {
  place: string;
  /** The entry of the access control list for a trustee (MS-DTYP 2.4.4.2 and 2.4.4.3). */
  entry(sid: Buffer): Buffer;
}

/** What a dsacls command of the manual writes. */
function grantOf(command: string): Grant | undefined {
  const [, place = '', inherit = '', letters = '', type = '', below = ''] =
    /^dsacls "(.*?)"(?: \/I:([TS]))? \/G "%TENURE%:(\w+)(?:;([^;"]*))?(?:;([^"]*))?"$/.exec(command) ?? [];
  if (place === '') return undefined;
  const mask = (letters.match(/../g) ?? []).reduce((sum, each) => sum | known(RIGHTS, each), 0);
  const guids = [type, below].map((name) => (name === '' ? Buffer.alloc(0) : guidToBytes(known(GUIDS, name))));
  const isObject = type !== '' || below !== '';
  const flags = isObject ? [u32((type === '' ? 0 : 1) | (below === '' ? 0 : 2)), ...guids] : [];
  return {
    place,
    entry: (sid) => {
      const body = Buffer.concat([u32(mask), ...flags, sid]);
      return Buffer.concat([Buffer.from([isObject ? 5 : 0, INHERITANCE[inherit] ?? 0]), u16(body.length + 4), body]);
    },
  };
}

function known<T>(table: Record<string, T>, name: string): T {
  const value = table[name];
  if (value === undefined) throw new Error(`The test does not know ${name}.`);
  return value;
}

const u16 = (value: number): Buffer => Buffer.from([value & 0xff, value >> 8]);
const u32 = (value: number): Buffer => Buffer.concat([u16(value & 0xffff), u16(value >>> 16)]);

/** Restoring is left out: Samba shows nobody the rights of its Deleted Objects. */
describe('the rights that docs/connect-a-directory.md delegates', () => {
  const commands = MANUAL.match(/(?<=^|`)dsacls "[^`\n]*"(?=`|$)/gm) ?? [];
  const example = /displayName/;
  let samba: SambaDirectory;
  let admin: Client;
  let tenure: AnyConnector;
  let places: Record<string, string>;

  beforeAll(async () => {
    samba = await startTestSamba();
    const { baseDn } = samba;
    places = { '%STAFF%': `OU=Staff,${baseDn}`, '%GROUPS%': `OU=Groups,${baseDn}` };
    admin = new Client({ url: samba.url, tlsOptions: { ca: [samba.ca] } });
    await admin.bind(samba.adminUpn, samba.adminPassword);
    for (const dn of [`OU=Staff,${baseDn}`, `OU=Sales,OU=Staff,${baseDn}`, `OU=Groups,${baseDn}`]) {
      await admin.add(dn, { objectClass: 'organizationalUnit' });
    }
    await admin.add(`CN=All,OU=Groups,${baseDn}`, { objectClass: 'group', sAMAccountName: 'All' });
    await admin.add(`CN=svc-tenure,CN=Users,${baseDn}`, [
      new Attribute({ type: 'objectClass', values: ['user'] }),
      new Attribute({ type: 'sAMAccountName', values: ['svc-tenure'] }),
      new Attribute({ type: 'userPrincipalName', values: ['svc-tenure@corp.example'] }),
      new Attribute({ type: 'userAccountControl', values: ['512'] }),
      new Attribute({ type: 'unicodePwd', values: [Buffer.from(`"${PASSWORD}"`, 'utf16le')] }),
    ]);
    tenure = activeDirectory.connect({
      name: 'corp-ad',
      settings: {
        urls: [samba.url],
        ca: samba.ca,
        bindDn: 'svc-tenure@corp.example',
        baseDn,
        container: `OU=Staff,${baseDn}`,
      },
      secrets: { password: PASSWORD },
    });
  }, 60_000);
  afterAll(async () => {
    await tenure.close();
    await admin.unbind();
    await samba.stop();
  });

  const op = (): Op => ({
    id: 'spec',
    signal: AbortSignal.timeout(20_000),
    log: { debug: () => undefined, warn: () => undefined },
  });

  async function binary(dn: string, attribute: string): Promise<Buffer> {
    const asked = { attributes: [attribute], explicitBufferAttributes: [attribute] };
    const { searchEntries } = await admin.search(dn, { scope: 'base', ...asked }, rightsOnly());
    return searchEntries[0]?.[attribute] as Buffer;
  }

  /** Does what the commands say, as dsacls would: puts entries into access control lists (MS-DTYP 2.4.5, 2.4.6). */
  async function delegate(granted: readonly string[]): Promise<void> {
    const sid = await binary(`CN=svc-tenure,CN=Users,${samba.baseDn}`, 'objectSid');
    for (const command of granted) {
      const grant = grantOf(command);
      if (!grant) throw new Error(`The test cannot read ${command}`);
      const dn = known(places, grant.place);
      const rights = await binary(dn, 'nTSecurityDescriptor');
      const list = rights.subarray(rights.readUInt32LE(16));
      const entry = grant.entry(sid);
      const size = list.readUInt16LE(2);
      const header = [
        list.subarray(0, 2),
        u16(size + entry.length),
        u16(list.readUInt16LE(4) + 1),
        list.subarray(6, 8),
      ];
      // Of the descriptor, only where the list begins is told: nothing else is changed.
      const start = Buffer.concat([rights.subarray(0, 4), u32(0), u32(0), u32(0), u32(20)]);
      const descriptor = Buffer.concat([start, ...header, entry, list.subarray(8, size)]);
      const modification = new Attribute({ type: 'nTSecurityDescriptor', values: [descriptor] });
      await admin.modify(dn, [new Change({ operation: 'replace', modification })], rightsOnly());
    }
  }

  const draft = (key: string) => ({
    correlation: { attribute: 'employeeID', value: key },
    attributes: { displayName: `Person ${key}`, department: 'Sales' },
    unique: [{ attribute: 'sAMAccountName', base: `person.${key}`, maxLength: 20 }],
    enabled: true,
  });

  const ordinary = () => commands.filter((command) => command.includes('%STAFF%') || command.includes('%GROUPS%'));

  it('are commands that the test can read', () => {
    expect(commands.length).toBeGreaterThan(5);
    for (const command of commands) {
      if (!command.endsWith('/takeownership') && !example.test(command)) expect(grantOf(command)).toBeDefined();
    }
  });

  it('are needed: without them nothing can be created', async () => {
    await expect(tenure.create(op(), draft('0'))).rejects.toMatchObject({ category: 'forbidden' });
  });

  it('suffice for all that happens to an account, and for its groups', async () => {
    await delegate(ordinary().filter((command) => !example.test(command)));
    const missing = (await tenure.check(op())).filter(({ ok, optional }) => !ok && !optional);
    expect(missing).toEqual([]);

    const { account: boss } = await tenure.create(op(), draft('1'));
    const { account } = await tenure.create(op(), draft('2'));
    const sales = `OU=Sales,OU=Staff,${samba.baseDn}`;
    const changed = await tenure.apply(op(), account.id, {
      attributes: { displayName: 'Somebody Else', title: 'Clerk', mail: 'else@corp.example' },
      container: sales,
      enabled: false,
    });
    expect(changed.account).toMatchObject({ enabled: false, container: sales });
    await tenure.apply(op(), account.id, { enabled: true });
    await tenure.setPassword?.(op(), account.id, 'Ein-Anderes-Pferd-5');
    await tenure.scramblePassword?.(op(), account.id);
    expect(await tenure.setManager?.(op(), account.id, boss.id)).toBe('changed');
    const group = await tenure.findGroup?.(op(), 'All');
    expect(await tenure.addMember?.(op(), group?.id ?? '', account.id)).toBe('added');
    expect(await tenure.removeMember?.(op(), group?.id ?? '', account.id)).toBe('removed');
    expect(await tenure.remove(op(), account.id)).toBe('removed');
    expect(await tenure.remove(op(), boss.id)).toBe('removed');
  });

  it('reach no account elsewhere', async () => {
    const guest = guidFromBytes(await binary(`CN=Guest,CN=Users,${samba.baseDn}`, 'objectGUID'));
    await expect(tenure.setPassword?.(op(), guest, PASSWORD)).rejects.toMatchObject({ category: 'forbidden' });
  });
});
