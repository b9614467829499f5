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

const createUser = () => {
  const { passwordProfile: _none, ...values } = newUser(next++);
  return described.sandbox.admin.createUser(values);
};
const reference = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` });
const newGroup = (values: Record<string, unknown> = {}) => ({
  displayName: `Group ${next}`,
  mailEnabled: false,
  mailNickname: `group${next++}`,
  securityEnabled: true,
  ...values,
});
const create = async (values: Record<string, unknown> = {}) => {
  const answer = await client.call('POST', '/groups', { body: newGroup(values) });
  expect(answer.status).toBe(201);
  return answer.body as { id: string; displayName: string };
};
const add = (group: string, member: string) =>
  client.call('POST', `/groups/${group}/members/$ref`, { body: reference(member) });
const remove = (group: string, member: string) => client.call('DELETE', `/groups/${group}/members/${member}/$ref`);

describe('groups', () => {
  it('are created, found by name, changed and deleted', async () => {
    const group = await create({ description: "The group of O'Brien", displayName: "O'Brien" });
    expect(group).toMatchObject({ groupTypes: [], mail: null, securityEnabled: true, proxyAddresses: [] });
    const found = await client.call(
      'GET',
      `/groups?$filter=${encodeURIComponent("displayName eq 'o''brien'")}&$select=id`,
    );
    expect(found.body.value).toEqual([{ id: group.id }]);
    expect((await client.call('PATCH', `/groups/${group.id}`, { body: { description: null } })).status).toBe(204);
    expect((await client.call('GET', `/groups/${group.id}`)).body.description).toBeNull();
    expect((await client.call('DELETE', `/groups/${group.id}`)).status).toBe(204);
    expect((await client.call('GET', `/groups/${group.id}`)).status).toBe(404);
  });

  it.each([
    [{ displayName: undefined }, "A value is required for property 'displayName' of resource 'Group'."],
    [{ mailEnabled: undefined }, "A value is required for property 'mailEnabled' of resource 'Group'."],
    [{ mailNickname: 'a b' }, "Invalid value specified for property 'mailNickname' of resource 'Group'."],
    [{ mailEnabled: true }, /does not currently support writes of mail-enabled groups/],
    [{ shoes: 1 }, /not available: shoes/],
    [
      { groupTypes: ['DynamicMembership'] },
      "Invalid value specified for property 'membershipRule' of resource 'Group'.",
    ],
  ])('with %j are refused', async (values, message) => {
    const { status, body } = await client.call('POST', '/groups', { body: newGroup(values) });
    expect([status, body.error.code]).toEqual([400, 'Request_BadRequest']);
    expect(body.error.message).toEqual(message instanceof RegExp ? expect.stringMatching(message) : message);
  });

  it('need the permission', async () => {
    const { sandbox } = described;
    sandbox.admin.grant(['Group.Read.All']);
    const { body: grant } = await client.grant({
      grant_type: 'client_credentials',
      client_secret: sandbox.clientSecret,
      scope: 'https://graph.microsoft.com/.default',
    });
    sandbox.admin.grant(['User.ReadWrite.All', 'Group.ReadWrite.All']);
    const token = grant.access_token;
    expect((await client.call('GET', '/groups', { token })).status).toBe(200);
    const { status, body } = await client.call('POST', '/groups', { token, body: newGroup() });
    expect([status, body.error.code]).toEqual([403, 'Authorization_RequestDenied']);
  });
});

describe('members', () => {
  it('are added once and removed once; the second time is told in the words of Graph', async () => {
    const [group, user] = [await create(), createUser()];
    expect((await add(group.id, user.id)).status).toBe(204);
    const again = await add(group.id, user.id);
    expect([again.status, again.body.error.code, again.body.error.message]).toEqual([
      400,
      'Request_BadRequest',
      "One or more added object references already exist for the following modified properties: 'members'.",
    ]);
    expect((await remove(group.id, user.id)).status).toBe(204);
    const gone = await remove(group.id, user.id);
    expect([gone.status, gone.body.error.code]).toEqual([404, 'Request_ResourceNotFound']);
  });

  it('must be there, and so must the group', async () => {
    const nobody = '11111111-2222-4333-8444-555555555555';
    const group = await create();
    expect((await add(group.id, nobody)).body.error.message).toContain(`Resource '${nobody}' does not exist`);
    expect((await add(nobody, createUser().id)).status).toBe(404);
  });

  it('are listed in pages, with their types or under a cast', async () => {
    const group = await create();
    const inner = await create();
    const users = Array.from({ length: 5 }, createUser);
    for (const { id } of [...users, inner]) await add(group.id, id);
    const first = await client.call(
      'GET',
      `/groups/${group.id}/members?$top=4&$select=id,displayName,userPrincipalName`,
    );
    expect(first.body.value).toHaveLength(4);
    const second = await client.call('GET', first.body['@odata.nextLink']);
    const all = [...first.body.value, ...second.body.value];
    expect(all.map(({ id }: { id: string }) => id).sort()).toEqual([...users.map(({ id }) => id), inner.id].sort());
    expect(all.find(({ id }: { id: string }) => id === inner.id)).toEqual({
      '@odata.type': '#microsoft.graph.group',
      id: inner.id,
      displayName: inner.displayName,
    });
    const cast = await client.call('GET', `/groups/${group.id}/members/microsoft.graph.user?$select=id`);
    expect(cast.body.value).toEqual(users.map(({ id }) => ({ id })));
    const count = await client.call('GET', `/groups/${group.id}/members/$count`, {
      headers: { ConsistencyLevel: 'eventual' },
    });
    expect(count.body).toBe('6');
  });

  it('can be bound up to 20 at a time, all or none', async () => {
    const group = await create();
    const users = Array.from({ length: 21 }, () => reference(createUser().id)['@odata.id']);
    const bind = (urls: string[]) =>
      client.call('PATCH', `/groups/${group.id}`, { body: { 'members@odata.bind': urls } });
    expect((await bind(users)).status).toBe(400);
    expect((await bind([users[0] ?? '', users[0] ?? ''])).status).toBe(400);
    expect(described.sandbox.admin.groups().find(({ id }) => id === group.id)?.memberIds).toEqual([]);
    expect((await bind(users.slice(0, 20))).status).toBe(204);
    expect(described.sandbox.admin.groups().find(({ id }) => id === group.id)?.memberIds).toHaveLength(20);
  });

  it.each([
    [
      'decided by a rule',
      {
        groupTypes: ['DynamicMembership'],
        membershipRule: 'user.department -eq "IT"',
        membershipRuleProcessingState: 'On',
      },
      403,
      'Insufficient privileges to complete the operation.',
    ],
    [
      'mastered by Exchange',
      { mailEnabled: true },
      400,
      'Cannot Update a mail-enabled security groups and or distribution list.',
    ],
    [
      'mastered by Active Directory',
      { onPremisesSyncEnabled: true },
      400,
      'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
    ],
  ])('of a group %s are not changed through Graph', async (name, values, status, message) => {
    const group = described.sandbox.admin.createGroup(name, values);
    for (const answer of [await add(group.id, createUser().id), await remove(group.id, createUser().id)]) {
      expect([answer.status, answer.body.error.message]).toEqual([status, message]);
    }
  });

  it('that are deleted are not listed, and come back with a restore', async () => {
    const [group, user] = [await create(), createUser()];
    await add(group.id, user.id);
    await client.call('DELETE', `/users/${user.id}`);
    const members = async () => (await client.call('GET', `/groups/${group.id}/members`)).body.value;
    expect(await members()).toEqual([]);
    await client.call('POST', `/directory/deletedItems/${user.id}/restore`);
    expect(await members()).toHaveLength(1);
  });
});
