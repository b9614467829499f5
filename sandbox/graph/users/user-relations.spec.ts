import { type DescribedSandbox, newUser, startDescribedSandbox } from '../openapi/described-sandbox.js';
import type { SandboxClient } from '../sandbox-client.js';

let described: DescribedSandbox;
let client: SandboxClient;
let next = 1;

beforeAll(async () => {
  described = await startDescribedSandbox();
  client = described.client;
});
afterAll(() => described.stop());

const create = () => {
  const { passwordProfile: _none, ...values } = newUser(next++);
  return described.sandbox.admin.createUser(values);
};
const reference = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` });
const absentManager =
  "Resource 'manager' does not exist or one of its queried reference-property objects are not present.";

describe('a manager', () => {
  it('is set, replaced, shown and taken away', async () => {
    const [report, first, second] = [create(), create(), create()];
    const path = `/users/${report.id}/manager`;
    const none = await client.call('GET', path);
    expect([none.status, none.body.error.message]).toEqual([404, absentManager]);
    for (const manager of [first, second, second]) {
      expect((await client.call('PUT', `${path}/$ref`, { body: reference(manager.id) })).status).toBe(204);
      const { body } = await client.call('GET', `${path}?$select=id,displayName`);
      expect(body).toMatchObject({ '@odata.type': '#microsoft.graph.user', id: manager.id });
    }
    const { body } = await client.call('GET', `/users/${report.id}?$select=id&$expand=manager($select=id)`);
    expect(body.manager).toEqual({ '@odata.type': '#microsoft.graph.user', id: second.id });
    const reports = await client.call('GET', `/users/${second.id}/directReports?$select=id`);
    expect(reports.body.value).toEqual([{ '@odata.type': '#microsoft.graph.user', id: report.id }]);
    expect((await client.call('DELETE', `${path}/$ref`)).status).toBe(204);
    expect((await client.call('DELETE', `${path}/$ref`)).status).toBe(404);
  });

  it('must be there', async () => {
    const nobody = '11111111-2222-4333-8444-555555555555';
    const { status, body } = await client.call('PUT', `/users/${create().id}/manager/$ref`, {
      body: reference(nobody),
    });
    expect([status, body.error.code]).toEqual([404, 'Request_ResourceNotFound']);
    expect(body.error.message).toContain(`'${nobody}'`);
  });

  it('is named by a reference', async () => {
    const path = `/users/${create().id}/manager/$ref`;
    for (const body of [{}, { id: 'x' }, { '@odata.id': 'somebody' }]) {
      expect((await client.call('PUT', path, { body })).status).toBe(400);
    }
  });

  it('that is deleted leaves nobody in its place, until it is restored', async () => {
    const [report, manager] = [create(), create()];
    await client.call('PUT', `/users/${report.id}/manager/$ref`, { body: reference(manager.id) });
    await client.call('DELETE', `/users/${manager.id}`);
    expect((await client.call('GET', `/users/${report.id}/manager`)).status).toBe(404);
    await client.call('POST', `/directory/deletedItems/${manager.id}/restore`);
    expect((await client.call('GET', `/users/${report.id}/manager`)).body.id).toBe(manager.id);
    await client.call('DELETE', `/users/${manager.id}`);
    await client.call('DELETE', `/directory/deletedItems/${manager.id}`);
    expect(described.sandbox.admin.user(report.id)?.managerId).toBeUndefined();
  });

  it('of an account that Active Directory owns is not changed in the cloud', async () => {
    const { admin } = described.sandbox;
    const [report, manager] = [create(), create()];
    await client.call('PUT', `/users/${report.id}/manager/$ref`, { body: reference(manager.id) });
    const { body } = await client.call('GET', `/users/${report.id}?$select=onPremisesImmutableId`);
    expect(body.onPremisesImmutableId).toBeNull();
    await client.call('PATCH', `/users/${report.id}`, { body: { onPremisesImmutableId: 'owned==' } });
    admin.synchronizeUser('owned==', {});
    for (const [method, options] of [
      ['PUT', { body: reference(create().id) }],
      ['DELETE', {}],
    ] as const) {
      const answer = await client.call(method, `/users/${report.id}/manager/$ref`, options);
      expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringMatching(/on-premises mastered/)]);
    }
  });
});

describe('memberOf', () => {
  it('lists direct groups with their type, and without it under a cast', async () => {
    const user = create();
    const [a, b] = ['A', 'B'].map((name) => described.sandbox.admin.createGroup(name));
    for (const group of [a, b]) {
      await client.call('POST', `/groups/${group?.id}/members/$ref`, { body: reference(user.id) });
    }
    const typed = await client.call('GET', `/users/${user.id}/memberOf?$select=id,displayName`);
    expect(typed.body.value).toEqual([
      { '@odata.type': '#microsoft.graph.group', id: a?.id, displayName: 'A' },
      { '@odata.type': '#microsoft.graph.group', id: b?.id, displayName: 'B' },
    ]);
    const paged = await client.call('GET', `/users/${user.id}/memberOf/microsoft.graph.group?$select=id&$top=1`);
    expect(paged.body.value).toEqual([{ id: a?.id }]);
    expect((await client.call('GET', paged.body['@odata.nextLink'])).body.value).toEqual([{ id: b?.id }]);
  });
});
