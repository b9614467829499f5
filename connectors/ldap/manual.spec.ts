import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startTestOpenLdap, type TestOpenLdap } from '../../test/servers/openldap.js';
import { op, refusal } from '../conformance/stage.js';
import { ldap } from './index.js';
import { configurationOf, signedIn } from './running-directory.harness.js';

/** A busy machine needs its time to start servers. */
jest.setTimeout(60_000);

const MANUAL = readFileSync(join(__dirname, '..', '..', 'docs', 'connect-a-directory.md'), 'utf8');

/** The rights that the manual gives, for the names of the tests' server. */
function rightsOf(text: string): string[] {
  const [, block = ''] = /```\n(access to [\s\S]*?)```/.exec(text.slice(text.indexOf('\n## LDAP'))) ?? [];
  const named = block
    .replaceAll('cn=tenure,ou=services,', 'cn=tenure,')
    .replaceAll('dc=corp,dc=example', 'dc=example,dc=test');
  return named.trimEnd().split('\n');
}

describe('the rights that docs/connect-a-directory.md gives in LDAP', () => {
  let server: TestOpenLdap;

  beforeAll(async () => {
    server = await startTestOpenLdap({ directives: rightsOf(MANUAL) });
    const root = await signedIn(server, server.rootDn, server.rootPassword);
    await root.add(`cn=sales,${server.groupsDn}`, { objectClass: 'groupOfNames', member: server.serviceDn });
    await root.unbind();
  });
  afterAll(() => server?.stop());

  it('are enough for everything', async () => {
    const connector = ldap.connect(configurationOf(server));
    const items = await connector.check(op());
    expect(items.filter(({ ok }) => !ok)).toEqual([]);
    const { account } = await connector.create(op(), {
      correlation: { attribute: 'employeeNumber', value: '1' },
      attributes: { displayName: 'Jane Doe', sn: 'Doe' },
      unique: [{ attribute: 'uid', base: 'jane' }],
      enabled: true,
    });
    const group = await connector.findGroup?.(op(), 'sales');
    expect(await connector.addMember?.(op(), group?.id ?? '', account.id)).toBe('added');
    const { account: renamed } = await connector.apply(op(), account.id, {
      unique: [{ attribute: 'uid', base: 'jd' }],
    });
    expect(renamed.name).toBe(`uid=jd,${server.peopleDn}`);
    expect(await connector.memberships?.(op(), account.id)).toEqual([group]);
    expect(await connector.remove(op(), account.id)).toBe('removed');
    await connector.close();
  });

  it('are not more than that', async () => {
    const connector = ldap.connect(configurationOf(server, { container: server.groupsDn }));
    const draft = {
      correlation: { attribute: 'employeeNumber', value: '2' },
      attributes: { displayName: 'John Doe', sn: 'Doe' },
      unique: [{ attribute: 'uid', base: 'john' }],
      enabled: true,
    };
    await refusal(connector.create(op(), draft), 'forbidden');
    await connector.close();
    const service = await signedIn(server, server.serviceDn, server.servicePassword);
    await expect(service.del(`cn=sales,${server.groupsDn}`)).rejects.toMatchObject({ code: 50 });
    await service.unbind();
  });
});
