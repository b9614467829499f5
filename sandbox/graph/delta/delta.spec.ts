import { type DescribedSandbox, newUser, startDescribedSandbox } from '../openapi/described-sandbox.js';
import type { SandboxClient } from '../sandbox-client.js';

type Item = Record<string, unknown> & { id: string };
let described: DescribedSandbox;
let client: SandboxClient;
let next = 1;

beforeAll(async () => {
  described = await startDescribedSandbox({
    deltaPageSize: 4,
    permissions: ['User.ReadWrite.All', 'Group.ReadWrite.All'],
  });
  client = described.client;
});
afterAll(() => described.stop());

const create = async (values: Record<string, unknown> = {}) =>
  (await client.call('POST', '/users', { body: newUser(next++, values) })).body.id as string;
const patch = (id: string, body: unknown) => client.call('PATCH', `/users/${id}`, { body });
const reference = (id: string) => ({ '@odata.id': `https://graph.microsoft.com/v1.0/directoryObjects/${id}` });

/** One round: every item, and the link for the next. */
async function round(
  path: string,
  headers: Record<string, string> = {},
): Promise<{ items: Item[]; next: string; pages: number }> {
  const items: Item[] = [];
  for (let pages = 1, link = path; ; pages++) {
    const { status, body } = await client.call('GET', link, { headers });
    expect(status).toBe(200);
    items.push(...body.value);
    if (body['@odata.deltaLink']) return { items, next: body['@odata.deltaLink'], pages };
    link = body['@odata.nextLink'];
  }
}

describe('users/delta', () => {
  it('first gives everyone, in pages, then only what changed', async () => {
    const ids = [];
    for (let i = 0; i < 9; i++) ids.push(await create());
    const first = await round('/users/delta?$select=displayName,department');
    expect(first.items.map(({ id }) => id)).toEqual(expect.arrayContaining(ids));
    expect(first.pages).toBeGreaterThan(2);
    // What was never set does not appear.
    expect(Object.keys(first.items[0] ?? {}).sort()).toEqual(['displayName', 'id']);

    const quiet = await round(first.next);
    expect(quiet.items).toEqual([]);

    const [changed = '', elsewhere = '', deleted = ''] = ids;
    await patch(changed, { department: 'IT' });
    await patch(elsewhere, { city: 'Bern' });
    await client.call('DELETE', `/users/${deleted}`);
    const created = await create({ displayName: 'New' });
    const second = await round(quiet.next);
    expect(second.items).toEqual([
      { id: changed, displayName: expect.any(String), department: 'IT' },
      { id: created, displayName: 'New' },
      { id: deleted, '@removed': { reason: 'changed' } },
    ]);

    await patch(changed, { department: null });
    await client.call('DELETE', `/directory/deletedItems/${deleted}`);
    const third = await round(second.next, { Prefer: 'return=minimal' });
    expect(third.items).toEqual([
      { id: changed, department: null },
      { id: deleted, '@removed': { reason: 'deleted' } },
    ]);
  });

  it('gives a restored user as a whole', async () => {
    const id = await create();
    await client.call('DELETE', `/users/${id}`);
    const { next: link } = await round('/users/delta?$select=displayName');
    await client.call('POST', `/directory/deletedItems/${id}/restore`);
    expect((await round(link)).items).toEqual([{ id, displayName: expect.any(String) }]);
  });

  it('loses no change that happens during a round', async () => {
    const id = await create();
    const page = await client.call('GET', '/users/delta?$select=displayName');
    await patch(id, { displayName: 'Changed meanwhile' });
    const rest = await round(page.body['@odata.nextLink']);
    const after = await round(rest.next);
    expect([...rest.items, ...after.items].map(({ displayName }) => displayName)).toContain('Changed meanwhile');
  });

  it('follows managers when they are selected', async () => {
    const [report, boss] = [await create(), await create()];
    const { next: link } = await round('/users/delta?$select=manager');
    await client.call('PUT', `/users/${report}/manager/$ref`, { body: reference(boss) });
    const set = await round(link);
    expect(set.items).toEqual([
      { id: report, 'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: boss }] },
    ]);
    await client.call('DELETE', `/users/${report}/manager/$ref`);
    expect((await round(set.next)).items).toEqual([
      {
        id: report,
        'manager@delta': [{ '@odata.type': '#microsoft.graph.user', id: boss, '@removed': { reason: 'deleted' } }],
      },
    ]);
  });

  it('starts from now with the latest token, and can be limited to objects', async () => {
    const [one, other] = [await create(), await create()];
    const { body } = await client.call('GET', '/users/delta?$deltatoken=latest');
    expect(body.value).toEqual([]);
    const filter = encodeURIComponent(`id eq '${one}' or id eq '${other}'`);
    const limited = await round(`/users/delta?$select=city&$filter=${filter}`);
    expect(limited.items.map(({ id }) => id)).toEqual([one, other]);
    await patch(one, { city: 'Bern' });
    const outsider = await create({ city: 'Basel' });
    expect((await round(limited.next)).items.map(({ id }) => id)).toEqual([one]);
    expect((await round(body['@odata.deltaLink'])).items.map(({ id }) => id)).toEqual([outsider]);
  });

  it('tells of expired tokens: 410 with where to start anew, or 400', async () => {
    const { next: link } = await round('/users/delta');
    described.sandbox.admin.expireDeltaTokens();
    const gone = await client.call('GET', link);
    expect([gone.status, gone.body.error.code, gone.body.error.innerError.code]).toEqual([
      410,
      'syncStateNotFound',
      'resyncRequired',
    ]);
    const fresh = await round(gone.headers.location ?? '');
    expect(fresh.items.length).toBeGreaterThan(5);
    described.sandbox.admin.expireDeltaTokens(400);
    const bad = await client.call('GET', fresh.next);
    expect([bad.status, bad.body.error.code]).toEqual([400, 'syncStateNotFound']);
    expect((await client.call('GET', '/users/delta?$deltatoken=garbage')).body.error.message).toBe(
      'Badly formed token.',
    );
  });

  it.each(['$orderby=displayName', '$expand=manager', "$filter=displayName eq 'x'", '$select=shoes'])(
    'refuses %s',
    async (option) => {
      expect((await client.call('GET', `/users/delta?${encodeURI(option)}`)).status).toBe(400);
    },
  );
});

describe('groups/delta', () => {
  it('follows members: added, removed, deleted and restored', async () => {
    const [kept, removed, binned] = [await create(), await create(), await create()];
    const group = described.sandbox.admin.createGroup('Followed');
    const members = `/groups/${group.id}/members`;
    for (const id of [kept, removed]) await client.call('POST', `${members}/$ref`, { body: reference(id) });
    const user = (id: string) => ({ '@odata.type': '#microsoft.graph.user', id });
    const gone = (id: string) => ({ ...user(id), '@removed': { reason: 'deleted' } });

    const first = await round('/groups/delta?$select=displayName,members');
    expect(first.items).toEqual([
      { id: group.id, displayName: 'Followed', 'members@delta': [user(kept), user(removed)] },
    ]);

    await client.call('DELETE', `${members}/${removed}/$ref`);
    await client.call('POST', `${members}/$ref`, { body: reference(binned) });
    const second = await round(first.next, { Prefer: 'return=minimal' });
    expect(second.items).toEqual([{ id: group.id, 'members@delta': [user(binned), gone(removed)] }]);

    await client.call('DELETE', `/users/${binned}`);
    const third = await round(second.next, { Prefer: 'return=minimal' });
    expect(third.items).toEqual([{ id: group.id, 'members@delta': [gone(binned)] }]);

    await client.call('POST', `/directory/deletedItems/${binned}/restore`);
    const fourth = await round(third.next, { Prefer: 'return=minimal' });
    expect(fourth.items).toEqual([{ id: group.id, 'members@delta': [user(binned)] }]);

    await client.call('DELETE', `/groups/${group.id}`);
    expect((await round(fourth.next)).items).toEqual([{ id: group.id, '@removed': { reason: 'deleted' } }]);
  });
});
