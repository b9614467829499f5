import { type DescribedSandbox, newUser, startDescribedSandbox } from '../openapi/described-sandbox.js';
import type { SandboxClient } from '../sandbox-client.js';

let described: DescribedSandbox;
let client: SandboxClient;
let next = 1;

beforeAll(async () => {
  described = await startDescribedSandbox({ permissions: ['User.ReadWrite.All', 'Group.ReadWrite.All'] });
  client = described.client;
});
afterAll(() => described.stop());

const create = async (values: Record<string, unknown> = {}) =>
  (await client.call('POST', '/users', { body: newUser(next++, values) })).body as {
    id: string;
    userPrincipalName: string;
  };
const binned = async (values: Record<string, unknown> = {}) => {
  const user = await create(values);
  expect((await client.call('DELETE', `/users/${user.id}`)).status).toBe(204);
  return user;
};
const restore = (id: string, body?: unknown) => client.call('POST', `/directory/deletedItems/${id}/restore`, { body });

describe('the recycle bin', () => {
  it('takes a deleted user, under a principal name that leaves the old one free', async () => {
    const { id, userPrincipalName } = await binned({ employeeId: 'bin1' });
    expect((await client.call('GET', `/users/${id}`)).status).toBe(404);
    expect((await client.call('DELETE', `/users/${id}`)).status).toBe(404);
    const { body } = await client.call(
      'GET',
      `/directory/deletedItems/${id}?$select=id,userPrincipalName,deletedDateTime`,
    );
    expect(body).toMatchObject({
      '@odata.type': '#microsoft.graph.user',
      id,
      userPrincipalName: `${id.replaceAll('-', '')}${userPrincipalName}`,
      deletedDateTime: expect.stringMatching(/Z$/),
    });
    const filter = encodeURIComponent("employeeId eq 'BIN1'");
    const found = await client.call('GET', `/directory/deletedItems/microsoft.graph.user?$filter=${filter}&$select=id`);
    expect(found.body.value).toEqual([{ id }]);
    const gone = await client.call('GET', `/users?$filter=${filter}`);
    expect(gone.body.value).toEqual([]);
  });

  it('gives a user back with id, name and everything', async () => {
    const { id, userPrincipalName } = await binned({ department: 'R&D', accountEnabled: false });
    const { status, body } = await restore(id);
    expect([status, body.id, body['@odata.type']]).toEqual([200, id, '#microsoft.graph.user']);
    const read = await client.call(
      'GET',
      `/users/${id}?$select=userPrincipalName,department,accountEnabled,deletedDateTime`,
    );
    expect(read.body).toMatchObject({
      userPrincipalName,
      department: 'R&D',
      accountEnabled: false,
      deletedDateTime: null,
    });
    expect((await restore(id)).status).toBe(404);
  });

  it('does not give a user back whose name was given away, unless under another one', async () => {
    const { id, userPrincipalName } = await binned();
    await create({ userPrincipalName });
    const refusal = await restore(id);
    expect([refusal.status, refusal.body.error.message]).toEqual([
      400,
      'Another object with the same value for property userPrincipalName already exists.',
    ]);
    const newUserPrincipalName = `again${next}@tenure.example`;
    expect((await restore(id, { newUserPrincipalName })).status).toBe(200);
    expect(described.sandbox.admin.user(id)?.properties.userPrincipalName).toBe(newUserPrincipalName);
  });

  it('drops addresses that were given away, when asked', async () => {
    const { id } = await binned({ mail: 'shared@tenure.example' });
    await create({ mail: 'shared@tenure.example' });
    expect((await restore(id)).body.error.details[0].target).toBe('proxyAddresses');
    expect((await restore(id, { autoReconcileProxyConflict: true })).status).toBe(200);
    expect(described.sandbox.admin.user(id)?.properties.proxyAddresses).toEqual([]);
  });

  it('loses for good what is deleted from it', async () => {
    const { id } = await binned();
    expect((await client.call('DELETE', `/directory/deletedItems/${id}`)).status).toBe(204);
    expect((await client.call('GET', `/directory/deletedItems/${id}`)).status).toBe(404);
    expect((await restore(id)).status).toBe(404);
  });

  it('gives users to those who may restore users, and groups to those who may restore groups', async () => {
    const { admin, clientSecret } = described.sandbox;
    const { id } = await binned();
    const group = admin.createGroup('Binned', { groupTypes: ['Unified'], mailEnabled: true }).id;
    await client.call('DELETE', `/groups/${group}`);
    const restoreAs = async (permission: string, what: string) => {
      admin.grant([permission]);
      const scope = 'https://graph.microsoft.com/.default';
      const grant = await client.grant({ grant_type: 'client_credentials', client_secret: clientSecret, scope });
      admin.grant(['User.ReadWrite.All', 'Group.ReadWrite.All']);
      const token = grant.body.access_token;
      return (await client.call('POST', `/directory/deletedItems/${what}/restore`, { token })).status;
    };
    expect([await restoreAs('Group.ReadWrite.All', id), await restoreAs('User.DeleteRestore.All', group)]).toEqual([
      403, 403,
    ]);
    expect([await restoreAs('User.DeleteRestore.All', id), await restoreAs('Group.ReadWrite.All', group)]).toEqual([
      200, 200,
    ]);
    await client.call('DELETE', `/groups/${group}`);
    await client.call('DELETE', `/directory/deletedItems/${group}`);
  });

  it('takes Microsoft 365 groups and no security groups', async () => {
    const group = async (groupTypes: string[]) => {
      const body = {
        displayName: 'G',
        mailNickname: `bin${next++}`,
        mailEnabled: groupTypes.length > 0,
        securityEnabled: groupTypes.length === 0,
        groupTypes,
      };
      const { id } = (await client.call('POST', '/groups', { body })).body;
      await client.call('DELETE', `/groups/${id}`);
      return id as string;
    };
    const [unified, security] = [await group(['Unified']), await group([])];
    const { body } = await client.call('GET', '/directory/deletedItems/microsoft.graph.group?$select=id');
    expect(body.value).toEqual([{ id: unified }]);
    expect((await restore(security)).status).toBe(404);
    expect((await restore(unified)).status).toBe(200);
  });
});
