import { Attribute, type BerWriter, Change, Client, Control, type Entry, type SearchOptions } from 'ldapts';

/** The directory that specs talk to: the stand-in or a Samba domain controller. */
export interface TestedDirectory {
  url: string;
  ca: string;
  baseDn: string;
  domain: string;
  adminDn: string;
  adminPassword: string;
}

/** Opens a connection and signs in; without a name it stays anonymous. */
export async function connect(directory: TestedDirectory, name?: string, password = ''): Promise<Client> {
  const client = new Client({ url: directory.url, tlsOptions: { ca: [directory.ca] } });
  if (name !== undefined) await client.bind(name, password);
  return client;
}

/** Opens a connection as the administrator. */
export function connectAsAdmin(directory: TestedDirectory): Promise<Client> {
  return connect(directory, directory.adminDn, directory.adminPassword);
}

/** A password as unicodePwd wants it. */
export function quoted(password: string): Buffer {
  return Buffer.from(`"${password}"`, 'utf16le');
}

/** One change of a modify. */
export function change(operation: 'add' | 'delete' | 'replace', type: string, ...values: (string | Buffer)[]): Change {
  return new Change({ operation, modification: new Attribute({ type, values: values as string[] | Buffer[] }) });
}

/** Any control by its OID. */
export class RawControl extends Control {
  constructor(
    oid: string,
    private readonly value?: Buffer,
    critical = true,
  ) {
    super(oid, { critical });
  }

  override writeControl(writer: BerWriter): void {
    if (this.value) writer.writeBuffer(this.value, 0x04);
  }
}

/** Shows deleted objects, too. */
export function showDeleted(): RawControl {
  return new RawControl('1.2.840.113556.1.4.417');
}

/** Reads one entry. */
export async function read(
  client: Client,
  dn: string,
  attributes: string[] = [],
  ...controls: Control[]
): Promise<Entry> {
  const options: SearchOptions = { scope: 'base', attributes, explicitBufferAttributes: ['objectGUID', 'objectSid'] };
  const { searchEntries } = await client.search(dn, options, controls);
  const [entry] = searchEntries;
  if (!entry) throw new Error(`${dn} was not returned.`);
  return entry;
}

/** `<GUID=…>` of an entry. */
export async function guidDn(client: Client, dn: string): Promise<string> {
  const { objectGUID } = await read(client, dn, ['objectGUID']);
  const bytes = Buffer.from(objectGUID as Buffer);
  bytes.subarray(0, 4).reverse();
  bytes.subarray(4, 6).reverse();
  bytes.subarray(6, 8).reverse();
  return `<GUID=${bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')}>`;
}

/** A place of its own for one spec, with users and groups on demand. */
export class Playground {
  private count = 0;

  private constructor(
    readonly directory: TestedDirectory,
    readonly client: Client,
    readonly ou: string,
  ) {}

  static async create(directory: TestedDirectory, name: string): Promise<Playground> {
    const client = await connectAsAdmin(directory);
    const ou = `OU=${name},${directory.baseDn}`;
    await client.add(ou, { objectClass: 'organizationalUnit' });
    return new Playground(directory, client, ou);
  }

  /** A new user's DN; the account name is the CN unless given. */
  async user(attributes: Record<string, string | string[] | Buffer> = {}, cn?: string): Promise<string> {
    const name = cn ?? this.unusedName('user');
    const dn = `CN=${name},${this.ou}`;
    await this.client.add(dn, { objectClass: 'user', sAMAccountName: name, ...attributes });
    return dn;
  }

  /** A new user who can sign in. */
  enabledUser(password: string, attributes: Record<string, string> = {}): Promise<string> {
    return this.user({ userAccountControl: '512', unicodePwd: quoted(password), ...attributes });
  }

  /** A new group's DN. */
  async group(): Promise<string> {
    const name = this.unusedName('group');
    const dn = `CN=${name},${this.ou}`;
    await this.client.add(dn, { objectClass: 'group', sAMAccountName: name });
    return dn;
  }

  /** A name nobody in the directory has. */
  unusedName(kind: string): string {
    this.count += 1;
    return `${this.ou.slice(3, this.ou.indexOf(','))}-${kind}${this.count}`;
  }

  modify(dn: string, ...changes: Change[]): Promise<void> {
    return this.client.modify(dn, changes);
  }
}
