import { type DescribedSandbox, startDescribedSandbox } from '../../sandbox/graph/openapi/described-sandbox.js';
import { op, refusal } from '../conformance/stage.js';
import type { AnyConnector, GroupConnector, SessionConnector } from '../contract/connector.js';
import { configurationFor } from './configuration.harness.js';
import { entraId } from './index.js';
import { somebody } from './person.harness.js';

describe('Entra ID where Active Directory owns the accounts', () => {
  let tenant: DescribedSandbox;
  let connector: AnyConnector & GroupConnector & SessionConnector;
  let anchors = 0;

  beforeAll(async () => {
    tenant = await startDescribedSandbox({ domains: ['tenure.example'] });
    connector = entraId.connect(configurationFor(tenant.sandbox, { hybrid: true })) as typeof connector;
  });
  afterAll(async () => {
    await connector.close();
    await tenant.stop();
  });

  /** Somebody whose account has an objectGUID in Active Directory. */
  function onPremises() {
    const draft = somebody();
    const anchor = Buffer.from(`object guid ${String(++anchors).padStart(4, '0')}`).toString('base64');
    draft.attributes.onPremisesImmutableId = anchor;
    return { draft, anchor, name: `synced.${anchors}@tenure.example` };
  }

  /** What Entra Connect does in its next cycle. */
  function synchronise(
    { draft, anchor, name }: ReturnType<typeof onPremises>,
    values: Record<string, unknown> = { employeeId: draft.correlation.value },
  ) {
    return tenant.sandbox.admin.synchronizeUser(anchor, {
      userPrincipalName: name,
      displayName: 'Synced',
      mailNickname: name.split('@')[0],
      department: 'Sales',
      accountEnabled: true,
      ...values,
    });
  }

  async function arrived() {
    const person = onPremises();
    const { id } = synchronise(person);
    await connector.create(op(), person.draft);
    return { ...person, id };
  }

  it('waits for an account, creates none, and takes it when it comes', async () => {
    const person = onPremises();
    const before = tenant.sandbox.admin.users().length;
    const error = await refusal(connector.create(op(), person.draft), 'transient');
    expect(error.message).toContain('Waiting for Entra Connect to bring the account with employeeId');
    expect(tenant.sandbox.admin.users()).toHaveLength(before);
    const { id } = synchronise(person);
    expect(await connector.create(op(), person.draft)).toMatchObject({ outcome: 'existed', account: { id } });
  });

  it('finds it by its on-premises anchor though its correlation value is not there yet', async () => {
    const person = onPremises();
    const { id } = synchronise(person, {});
    expect(await connector.create(op(), person.draft)).toMatchObject({ outcome: 'existed', account: { id } });
  });

  it('finds it by its correlation value where the anchor is not known', async () => {
    const person = onPremises();
    const { id } = synchronise(person);
    delete person.draft.attributes.onPremisesImmutableId;
    expect(await connector.create(op(), person.draft)).toMatchObject({ outcome: 'existed', account: { id } });
  });

  it('refuses an account that has the anchor and is somebody else’s', async () => {
    const person = onPremises();
    synchronise(person, { employeeId: 'hr-other' });
    const error = await refusal(connector.create(op(), person.draft), 'conflict');
    expect(error.message).toContain('hr-other');
  });

  it('changes what the cloud owns, and says what it left to Active Directory', async () => {
    const { id } = await arrived();
    const delta = { attributes: { department: 'Marketing', displayName: 'Synced', usageLocation: 'DE' } };
    const { change, account } = await connector.apply(op(), id, delta);
    expect(change).toEqual({
      before: { usageLocation: null },
      after: { usageLocation: 'DE', leftToActiveDirectory: ['department'] },
    });
    expect(account.attributes).toMatchObject({ department: 'Sales', usageLocation: 'DE' });
    expect(tenant.sandbox.admin.user(id)?.properties).toMatchObject({ department: 'Sales', usageLocation: 'DE' });
  });

  it('has nothing to say once Entra Connect has brought the change', async () => {
    const person = await arrived();
    synchronise(person, { department: 'Marketing' });
    const { change } = await connector.apply(op(), person.id, { attributes: { department: 'Marketing' } });
    expect(change).toEqual({ before: {}, after: {} });
  });

  it('ends the sessions of an account that Active Directory has to disable', async () => {
    const { id } = await arrived();
    await connector.revokeSessions(op(), id);
    const before = tenant.sandbox.exchanges.length;
    const { change, account } = await connector.apply(op(), id, { enabled: false });
    expect(change.after).toEqual({ leftToActiveDirectory: ['accountEnabled'], sessionsRevoked: true });
    expect(account.enabled).toBe(true);
    const writes = tenant.sandbox.exchanges.slice(before).filter((one) => one.method !== 'GET');
    expect(writes.map((one) => one.url)).toEqual([`/v1.0/users/${id}/revokeSignInSessions`]);
  });

  it('puts accounts into groups of the cloud, and says of the others where they are managed', async () => {
    const { id } = await arrived();
    const cloud = tenant.sandbox.admin.createGroup('Cloud');
    const synced = tenant.sandbox.admin.createGroup('From AD', { onPremisesSyncEnabled: true });
    expect(await connector.addMember(op(), cloud.id, id)).toBe('added');
    const error = await refusal(connector.addMember(op(), synced.id, id), 'invalid');
    expect(error.message).toContain('make the change there');
  });

  it('waits until Entra Connect takes an account away', async () => {
    const { id } = await arrived();
    const error = await refusal(connector.remove(op(), id), 'transient');
    expect(error.message).toContain('Waiting for Entra Connect to take away');
    expect(tenant.sandbox.admin.user(id)?.deleted).toBe(false);
  });

  it('declines what the cloud cannot do there', () => {
    expect(connector.capabilities()).toEqual({
      groups: true,
      sessions: true,
      passwords: false,
      managers: false,
      recycleBin: false,
    });
    expect([connector.setPassword, connector.setManager, connector.restore]).toEqual([undefined, undefined, undefined]);
  });

  it('notices in its check that nothing synchronises the tenant', async () => {
    const item = (await connector.check(op())).find((one) => one.name === 'Entra Connect');
    expect([item?.ok, item?.message]).toEqual([false, expect.stringContaining('awaited in vain')]);
  });

  it('leaves a synchronised account of a tenant without the switch alone, too', async () => {
    const cloud = entraId.connect(configurationFor(tenant.sandbox)) as Required<AnyConnector>;
    try {
      const { id } = await arrived();
      const { change } = await cloud.apply(op(), id, { attributes: { jobTitle: 'Clerk' } });
      expect(change.after).toEqual({ leftToActiveDirectory: ['jobTitle'] });
      expect(await cloud.setManager(op(), id, id)).toBe('unchanged');
    } finally {
      await cloud.close();
    }
  });
});
