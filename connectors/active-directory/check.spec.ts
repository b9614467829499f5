import { Attribute, Change, type Client } from 'ldapts';
import { startTestSamba } from '../../test/servers/samba.js';
import { configurationOf, type RunningDomain, signedIn } from '../conformance/active-directory/running-domain.js';
import { op } from '../conformance/stage.js';
import type { AnyConnector, CheckItem } from '../contract/connector.js';
import type { DirectoryConfiguration } from '../contract/connector-factory.js';
import { rightsOnly } from './controls.js';
import { guidFromBytes, guidToBytes } from './identifiers.js';
import { activeDirectory } from './index.js';
import { unicodePwd } from './random-password.js';
import { RESET_PASSWORD, USER_CLASS } from './security-descriptor.js';

const PASSWORD = 'Korrekt-Pferd-77';
/** A port below 1024 on a loopback address that no server of the tests takes. */
const silent = 'ldaps://127.255.255.254:7';

describe('Verify Credentials of an Active Directory', () => {
  let domain: RunningDomain;
  let admin: Client;
  let staff: string;
  let working: DirectoryConfiguration;

  beforeAll(async () => {
    domain = await startTestSamba();
    working = configurationOf(domain);
    staff = `OU=Staff,${domain.baseDn}`;
    admin = await signedIn(domain, domain.adminUpn, domain.adminPassword);
    await admin.add(staff, { objectClass: 'organizationalUnit' });
    await addUser('service', domain.baseDn);
    await addUser('sample', staff);
  }, 60_000);
  afterAll(async () => {
    await admin.unbind();
    await domain.stop();
  });

  async function addUser(name: string, place: string): Promise<void> {
    await admin.add(`CN=${name},${place}`, [
      attribute('objectClass', 'user'),
      attribute('sAMAccountName', name),
      attribute('userPrincipalName', `${name}@corp.test`),
      attribute('userAccountControl', '512'),
      new Attribute({ type: 'unicodePwd', values: [unicodePwd(PASSWORD)] }),
    ]);
  }

  async function checked(change: Record<string, unknown>, password = domain.adminPassword): Promise<CheckItem[]> {
    const settings = { ...(working.settings as object), ...change };
    const connector = activeDirectory.connect({ ...working, settings, secrets: { password } });
    try {
      return await connector.check(op());
    } finally {
      await connector.close();
    }
  }

  const failed = (items: CheckItem[]) => items.filter((item) => !item.ok).map((item) => item.name);

  it('passes with every right, and says each', async () => {
    const items = await checked({});
    expect(failed(items)).toEqual([]);
    expect(items.map((item) => item.name)).toEqual([
      ...['connect', 'certificate', 'sign in', 'base DN', 'container', 'read accounts', 'create accounts'],
      ...['change accounts', 'remove accounts', 'reset passwords', 'index of employeeID', 'find removed accounts'],
    ]);
  });

  it('names the certificate that is not trusted, and what to do', async () => {
    const items = await checked({ ca: undefined });
    expect(failed(items)).toEqual(['certificate']);
    expect(items.at(-1)?.message).toMatch(/"ca"/);
  });

  it('stops where nothing answers', async () => {
    const items = await checked({ urls: [silent] });
    expect(failed(items)).toEqual(['connect']);
    expect(items.at(-1)?.message).toContain(silent);
  });

  it('stops at the sign-in with the reason', async () => {
    const items = await checked({}, 'wrong');
    expect(failed(items)).toEqual(['sign in']);
    expect(items.at(-1)?.message).toMatch(/password is wrong/);
  });

  it.each(['baseDn', 'container', 'groupBaseDn'])('names a %s that is not there', async (setting) => {
    const missing = `OU=Missing,${domain.baseDn}`;
    const items = await checked(
      setting === 'baseDn' ? { baseDn: missing, container: missing } : { [setting]: missing },
    );
    expect(failed(items).length).toBeGreaterThan(0);
    expect(items.find((item) => !item.ok)?.message).toContain(missing);
  });

  it('tells each right that an account without any lacks', async () => {
    const items = await checked({ bindDn: 'service@corp.test' }, PASSWORD);
    expect(failed(items)).toEqual(['create accounts', 'change accounts', 'remove accounts', 'reset passwords']);
    expect(items.find((item) => item.name === 'change accounts')?.message).toContain('userAccountControl');
  });

  it('agrees with what a delegated account can really do', async () => {
    const before = await tryAll();
    expect(before).toEqual({ create: false, reset: false, remove: false });
    // What the delegation wizard writes: create and delete users here; full control of users below.
    await grant(0x3, 0x2, { objectType: USER_CLASS });
    await grant(0xf01ff, 0x2 | 0x8, { inheritedObjectType: USER_CLASS });
    const items = await checked({ bindDn: 'service@corp.test' }, PASSWORD);
    expect(failed(items)).toEqual([]);
    expect(await tryAll()).toEqual({ create: true, reset: true, remove: true });
  });

  it.each([
    ['reset passwords', 0x100, 0x2 | 0x8, { objectType: RESET_PASSWORD, inheritedObjectType: USER_CLASS }],
    ['remove accounts', 0x2, 0x2, { objectType: USER_CLASS }],
    ['remove accounts', 0x10000, 0x2 | 0x8, { inheritedObjectType: USER_CLASS }],
    ['create accounts', 0x1, 0x2, { objectType: USER_CLASS }],
  ])('tells the right to %s from the others (mask %i)', async (name, mask, flags, types) => {
    await setRights(original);
    await grant(mask, flags, types);
    const items = await checked({ bindDn: 'service@corp.test' }, PASSWORD);
    const all = ['create accounts', 'change accounts', 'remove accounts', 'reset passwords'];
    expect(failed(items)).toEqual(all.filter((each) => each !== name));
  });

  let original: Buffer;

  async function tryAll() {
    const settings = { ...(working.settings as object), bindDn: 'service@corp.test' };
    const connector = activeDirectory.connect({
      ...working,
      settings,
      secrets: { password: PASSWORD },
    }) as AnyConnector;
    const works = (call: Promise<unknown> | undefined) =>
      Promise.resolve(call).then(
        () => true,
        (error) => {
          expect(error.category).toBe('forbidden');
          return false;
        },
      );
    try {
      const [sample] = (await admin.search(`CN=sample,${staff}`, { explicitBufferAttributes: ['objectGUID'] }))
        .searchEntries;
      if (!sample) throw new Error('The sample account is gone.');
      const id = guidFromBytes(sample.objectGUID as Buffer);
      const draft = {
        correlation: { attribute: 'employeeID', value: 'made' },
        attributes: { displayName: 'Made' },
        unique: [{ attribute: 'sAMAccountName', base: 'made' }],
        enabled: true,
      };
      const create = await works(connector.create(op(), draft));
      const reset = await works(connector.setPassword?.(op(), id, 'Batterie_Klammer 8'));
      return { create, reset, remove: await works(connector.remove(op(), id)) };
    } finally {
      await connector.close();
    }
  }

  /** Puts one line in front of the rights of the OU (MS-DTYP 2.4.4.3). */
  async function grant(mask: number, flags: number, types: { objectType?: string; inheritedObjectType?: string }) {
    const [entry] = (
      await admin.search(
        staff,
        { scope: 'base', attributes: ['nTSecurityDescriptor'], explicitBufferAttributes: ['nTSecurityDescriptor'] },
        rightsOnly(),
      )
    ).searchEntries;
    const rights = entry?.nTSecurityDescriptor as Buffer;
    original ??= rights;
    const service = (await admin.search(`CN=service,${domain.baseDn}`, { explicitBufferAttributes: ['objectSid'] }))
      .searchEntries[0];
    const guids = [types.objectType, types.inheritedObjectType].map((guid) =>
      guid ? guidToBytes(guid) : Buffer.alloc(0),
    );
    const body = Buffer.concat([
      u32(mask),
      u32((types.objectType ? 1 : 0) | (types.inheritedObjectType ? 2 : 0)),
      ...guids,
      service?.objectSid as Buffer,
    ]);
    const ace = Buffer.concat([Buffer.from([5, flags]), u16(body.length + 4), body]);
    const at = rights.readUInt32LE(16);
    const acl = rights.subarray(at, at + rights.readUInt16LE(at + 2));
    const list = Buffer.concat([
      acl.subarray(0, 2),
      u16(acl.length + ace.length),
      u16(acl.readUInt16LE(4) + 1),
      acl.subarray(6, 8),
      ace,
      acl.subarray(8),
    ]);
    const header = Buffer.from(rights.subarray(0, 20));
    header.fill(0, 4, 16);
    header.writeUInt32LE(20, 16);
    await setRights(Buffer.concat([header, list]));
  }

  async function setRights(rights: Buffer): Promise<void> {
    const modification = new Attribute({ type: 'nTSecurityDescriptor', values: [rights] });
    await admin.modify(staff, [new Change({ operation: 'replace', modification })], rightsOnly());
  }
});

function attribute(type: string, ...values: string[]): Attribute {
  return new Attribute({ type, values });
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}
