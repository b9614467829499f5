import { generate } from 'selfsigned';
import { type DescribedSandbox, startDescribedSandbox } from '../../sandbox/graph/openapi/described-sandbox.js';
import { DEFAULT_GRANTS } from '../../sandbox/graph/tokens/permissions.js';
import { op, refusal } from '../conformance/stage.js';
import type { AnyConnector } from '../contract/connector.js';
import type { DirectoryConfiguration } from '../contract/connector-factory.js';
import { configurationFor } from './configuration.harness.js';
import { entraId } from './index.js';
import { somebody } from './person.harness.js';

const key = { attribute: 'employeeId', value: 'hr-1' };

describe('signing in to Entra ID', () => {
  let tenant: DescribedSandbox;
  const opened: AnyConnector[] = [];

  beforeAll(async () => {
    tenant = await startDescribedSandbox({ domains: ['tenure.example'] });
  });
  afterEach(async () => {
    tenant.sandbox.admin.grant(DEFAULT_GRANTS);
    await Promise.all(opened.splice(0).map((connector) => connector.close()));
  });
  afterAll(() => tenant.stop());

  function connect(configuration: DirectoryConfiguration = configurationFor(tenant.sandbox)): Required<AnyConnector> {
    const connector = entraId.connect(configuration) as Required<AnyConnector>;
    opened.push(connector);
    return connector;
  }

  it.each([
    ['a wrong secret', {}, { clientSecret: 'wrong' }, 'unauthorized', 'AADSTS7000215', 'clientSecret'],
    [
      'another app',
      { clientId: '11111111-1111-4111-8111-111111111111' },
      {},
      'misconfigured',
      'AADSTS700016',
      'clientId',
    ],
    ['another tenant', { tenantId: 'fabrikam.example' }, {}, 'misconfigured', 'AADSTS90002', 'tenantId'],
    ['no tenant at all', { tenantId: 'fabrikam' }, {}, 'misconfigured', 'AADSTS900023', 'tenantId'],
    ['another cloud', { scope: 'https://graph.example/.default' }, {}, 'misconfigured', 'AADSTS500011', 'graphUrl'],
  ])('says what to do about %s', async (_, settings, secrets, category, code, named) => {
    const configuration = configurationFor(tenant.sandbox, settings);
    const connector = connect({ ...configuration, secrets: { ...configuration.secrets, ...secrets } });
    const error = await refusal(connector.find(op(), key), category as 'unauthorized');
    expect(error.details.code).toBe(code);
    expect(error.message).toContain(named);
    expect(await connector.check(op())).toEqual([{ name: 'Sign-in', ok: false, message: error.message }]);
  });

  it('signs in with a certificate, and names one that the app does not have', async () => {
    const certificate = async (commonName: string) => {
      const made = await generate([{ name: 'commonName', value: commonName }], { keySize: 2048, algorithm: 'sha256' });
      return { certificate: made.cert, privateKey: made.private };
    };
    const [known, unknown] = await Promise.all([certificate('tenure'), certificate('somebody else')]);
    tenant.sandbox.admin.registerCertificate(known.certificate);
    const configuration = configurationFor(tenant.sandbox);

    const connector = connect({ ...configuration, secrets: known });
    expect(await connector.find(op(), key)).toBeUndefined();
    expect(await connector.check(op())).toContainEqual(expect.objectContaining({ name: 'Certificate', ok: true }));

    const error = await refusal(connect({ ...configuration, secrets: unknown }).find(op(), key), 'unauthorized');
    expect([error.details.code, error.message]).toEqual(['AADSTS700027', expect.stringContaining('certificate')]);
  });

  it('takes a new token when the old one is refused before its time, in a write, too', async () => {
    const connector = connect();
    const { account } = await connector.create(op(), somebody());
    tenant.sandbox.admin.expireAccessTokens();
    const { change } = await connector.apply(op(), account.id, { attributes: { jobTitle: 'Clerk' } });
    expect(change.after).toEqual({ jobTitle: 'Clerk' });
  });

  it('finds out that the secret was replaced', async () => {
    const { sandbox } = tenant;
    const connector = connect();
    await connector.find(op(), key);
    sandbox.admin.replaceSecret('a-new-one');
    sandbox.admin.expireAccessTokens();
    try {
      await refusal(connector.find(op(), key), 'unauthorized');
    } finally {
      sandbox.admin.replaceSecret(sandbox.clientSecret);
    }
    expect(await connector.find(op(), key)).toBeUndefined();
  });

  it('checks permission by permission', async () => {
    const items = await connect().check(op());
    expect(items.filter((item) => !item.ok)).toEqual([]);
    expect(items.map((item) => item.name)).toEqual([
      'Sign-in',
      'User.Read.All',
      'User.ReadWrite.All',
      'GroupMember.Read.All',
      'GroupMember.ReadWrite.All',
      'User.RevokeSessions.All',
      'User-PasswordProfile.ReadWrite.All',
      'Organization.Read.All',
      'Read users',
      'Read groups',
      'Tenant',
      'Domain',
    ]);
  });

  it('names each permission that is missing, and what it is for', async () => {
    tenant.sandbox.admin.grant(['User.Read.All', 'GroupMember.Read.All']);
    const items = await connect().check(op());
    expect(items.filter((item) => !item.ok).map((item) => [item.name, item.optional ?? false])).toEqual([
      ['User.ReadWrite.All', false],
      ['GroupMember.ReadWrite.All', false],
      ['User.RevokeSessions.All', false],
      ['User-PasswordProfile.ReadWrite.All', true],
      ['Organization.Read.All', true],
      ['Tenant', true],
    ]);
    for (const item of items.filter((one) => !one.ok)) expect(item.message).toContain('Grant the app');
  });

  it('names the permission in the refusal of each operation that lacks it', async () => {
    const whole = connect();
    const { account } = await whole.create(op(), somebody());
    const group = tenant.sandbox.admin.createGroup('Staff');
    tenant.sandbox.admin.grant(['User.Read.All', 'GroupMember.Read.All']);
    const connector = connect();
    const lacking: [Promise<unknown>, string][] = [
      [connector.create(op(), somebody()), 'User.ReadWrite.All'],
      [connector.apply(op(), account.id, { enabled: false }), 'User.ReadWrite.All'],
      [connector.remove(op(), account.id), 'User.ReadWrite.All'],
      [connector.addMember(op(), group.id, account.id), 'GroupMember.ReadWrite.All'],
      [connector.setPassword(op(), account.id, 'Correct-horse-7'), 'User-PasswordProfile.ReadWrite.All'],
      [connector.revokeSessions(op(), account.id), 'User.RevokeSessions.All'],
      [connector.setManager(op(), account.id, account.id), 'User.ReadWrite.All'],
    ];
    for (const [call, permission] of lacking) {
      const error = await refusal(call, 'forbidden');
      expect(error.message).toContain(`the application permission ${permission} with admin consent`);
    }
  });

  it('says that a domain is not the tenant’s', async () => {
    const items = await connect(configurationFor(tenant.sandbox, { domain: 'fabrikam.example' })).check(op());
    const item = items.find((one) => one.name === 'Domain');
    expect([item?.ok, item?.message]).toEqual([false, expect.stringContaining('tenure.example')]);
  });
});
