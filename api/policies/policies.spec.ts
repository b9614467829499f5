import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DirectoryEntity } from '../../persistence/entities/directory.entity';
import { startTestApi, type TestApi } from '../../test/servers/api';

const EXAMPLE = readFileSync(join(__dirname, '../../domain/policy/example.policy.yaml'), 'utf8');
const PATH = '/api/v1/policies';

describe('the policies', () => {
  let api: TestApi;

  const put = (body: string, headers: Record<string, string> = {}) =>
    api.ask(PATH, { method: 'PUT', body, headers: { 'content-type': 'application/yaml', ...headers } });

  beforeAll(async () => {
    api = await startTestApi();
    await api.database.getRepository(DirectoryEntity).save([
      { name: 'corp-ad', kind: 'active-directory', position: 0 },
      { name: 'entra', kind: 'entra-id', position: 1 },
    ]);
  });

  afterAll(() => api.stop());

  beforeEach(() => api.database.query('TRUNCATE policy RESTART IDENTITY'));

  it('are none at first', async () => {
    expect(await api.ask(PATH)).toMatchObject({ status: 404, body: { type: 'urn:tenure:problem:not-found' } });
  });

  it('are kept as they were written, comments included, version after version', async () => {
    const first = await put(EXAMPLE);
    expect(first).toMatchObject({ status: 200, body: { version: 1, actor: 'admin' } });
    expect(first.headers.get('etag')).toBe('"1"');
    expect((await put(`${EXAMPLE}\n# second`)).body.version).toBe(2);
    const json = await api.ask(PATH);
    expect(json.body.document).toBe(`${EXAMPLE}\n# second`);
    const yaml = await api.ask(PATH, { headers: { accept: 'application/yaml' } });
    expect(yaml.headers.get('content-type')).toBe('application/yaml; charset=utf-8');
    expect(yaml.headers.get('etag')).toBe('"2"');
    expect(yaml.text).toBe(`${EXAMPLE}\n# second`);
  });

  it('are taken as JSON too', async () => {
    const document = { version: 1, rules: [], directories: {} };
    expect((await put(JSON.stringify(document), { 'content-type': 'application/json' })).status).toBe(200);
    expect(JSON.parse((await api.ask(PATH)).body.document)).toEqual(document);
  });

  it('are refused with the line and column of every mistake, and the old version stays', async () => {
    await put(EXAMPLE);
    const broken = EXAMPLE.replace('person.department == "Sales"', 'person.department = "Sales"').replace(
      'directory: entra',
      'directory: entry',
    );
    const { status, body } = await put(broken);
    expect(status).toBe(422);
    expect(body.type).toBe('urn:tenure:problem:invalid-policy');
    const lines = broken.split('\n');
    const at = (text: string) => lines.findIndex((line) => line.includes(text)) + 1;
    expect(body.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ line: at('directory: entry'), column: expect.any(Number) }),
        expect.objectContaining({ line: at('person.department = "Sales"'), message: expect.any(String) }),
      ]),
    );
    expect((await api.ask(PATH)).body.version).toBe(1);
  });

  it.each(['', ': : :', '- 1', '{"version": 99}', '&a [*a]', 'x: "\u0000"'])('are not %j', async (text) => {
    const { status } = await put(text);
    expect([400, 422]).toContain(status);
  });

  it('are saved only over the version that If-Match names', async () => {
    expect((await put(EXAMPLE, { 'if-match': '"0"' })).status).toBe(200);
    expect((await put(EXAMPLE, { 'if-match': '"1"' })).status).toBe(200);
    expect(await put(EXAMPLE, { 'if-match': '"1"' })).toMatchObject({
      status: 412,
      body: { type: 'urn:tenure:problem:version-conflict' },
    });
    expect((await put(EXAMPLE, { 'if-match': 'latest' })).status).toBe(400);
    const rivals = await Promise.all(Array.from({ length: 5 }, () => put(EXAMPLE, { 'if-match': '"2"' })));
    expect(rivals.map(({ status }) => status).sort()).toEqual([200, 412, 412, 412, 412]);
  });

  it('name directories that are set up', async () => {
    expect((await api.ask('/api/v1/directories')).body).toEqual({
      items: [
        { name: 'corp-ad', kind: 'active-directory' },
        { name: 'entra', kind: 'entra-id' },
      ],
    });
  });
});
