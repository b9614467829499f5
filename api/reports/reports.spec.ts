import { randomUUID } from 'node:crypto';
import { endUserSearch, OperationEntity } from '../../persistence/entities/operation.entity';
import { PersonEntity } from '../../persistence/entities/person.entity';
import { ReportRepository } from '../../persistence/report.repository';
import { startTestApi, type TestApi } from '../../test/servers/api';

const PATH = '/api/v1/reports/provisioning';

describe('the provisioning report', () => {
  let api: TestApi;
  let person: PersonEntity;

  const insert = async (changes: Partial<OperationEntity> = {}): Promise<string> => {
    const id = changes.id ?? randomUUID();
    const endUser = { personId: 'E1', displayName: 'Zoë', ...changes.endUser };
    await api.database.getRepository(OperationEntity).insert({
      id,
      personUuid: person.id,
      endUserSearch: endUserSearch(endUser),
      application: 'corp-ad',
      kind: 'update-account',
      target: 'CN=Zoë',
      detail: { kind: 'disable-account', id, application: 'corp-ad', target: 'CN=Zoë' },
      actor: 'admin',
      source: 'workday',
      workflowId: `person/${person.id}`,
      runId: randomUUID(),
      ...changes,
      endUser,
    });
    return id;
  };
  const ids = async (query: string): Promise<string[]> => {
    const { status, body } = await api.ask(`${PATH}?${query}`);
    expect(status).toBe(200);
    return body.items.map(({ id }: { id: string }) => id);
  };

  beforeAll(async () => {
    api = await startTestApi();
    person = await api.database.getRepository(PersonEntity).save({ personId: 'E1' });
  });

  afterAll(() => api.stop());

  beforeEach(() => api.database.query('TRUNCATE operation'));

  it('shows who, where, what, how it ended, when and why', async () => {
    const id = await insert({
      endUser: { personId: 'E1', userName: 'zoe@corp.example' },
      outcome: 'failed',
      reason: 'The name is taken.',
      before: { title: 'Clerk' },
      after: { title: 'Chief' },
      attempts: 3,
      plannedAt: new Date('2026-02-01T10:00:00Z'),
      startedAt: new Date('2026-02-01T10:00:01Z'),
      finishedAt: new Date('2026-02-01T10:00:02Z'),
    });
    const { body } = await api.ask(PATH);
    expect(body.items[0]).toMatchObject({
      id,
      endUser: { id: person.id, personId: 'E1', displayName: 'Zoë', userName: 'zoe@corp.example' },
      application: 'corp-ad',
      operation: 'update-account',
      target: 'CN=Zoë',
      outcome: 'failed',
      reason: 'The name is taken.',
      before: { title: 'Clerk' },
      after: { title: 'Chief' },
      attempts: 3,
      plannedAt: '2026-02-01T10:00:00.000Z',
      startedAt: '2026-02-01T10:00:01.000Z',
      finishedAt: '2026-02-01T10:00:02.000Z',
      actor: 'admin',
      source: 'workday',
      event: null,
      workflowId: `person/${person.id}`,
    });
    expect((await api.ask(body.items[0].links.self)).body).toEqual(body.items[0]);
  });

  it('filters by every parameter, several values with commas or repeated', async () => {
    const one = await insert({ outcome: 'failed', plannedAt: new Date('2026-02-01T10:00:00Z') });
    const two = await insert({
      application: 'mail',
      kind: 'send-activation-mail',
      plannedAt: new Date('2026-02-02T23:00:00Z'),
    });
    expect(await ids('')).toEqual([two, one]);
    expect(await ids('outcome=failed,skipped')).toEqual([one]);
    expect(await ids('outcome=failed&outcome=planned')).toEqual([two, one]);
    expect(await ids('application=mail')).toEqual([two]);
    expect(await ids('operation=update-account')).toEqual([one]);
    expect(await ids('endUser=ZO%C3%8B&application=mail,corp-ad')).toEqual([two, one]);
    expect(await ids('endUser=nobody')).toEqual([]);
    expect(await ids('from=2026-02-02')).toEqual([two]);
    expect(await ids('to=2026-02-02')).toEqual([two, one]);
    expect(await ids('to=2026-02-02T00:00:00Z')).toEqual([one]);
    expect(await ids('from=2026-02-02T23:00:00%2B01:00')).toEqual([two]);
  });

  it('pages by cursor, and shows every row once while rows arrive', async () => {
    const all: string[] = [];
    for (let index = 0; index < 12; index++) all.unshift(await insert());
    const seen: string[] = [];
    let query = 'limit=5';
    for (;;) {
      const { body } = await api.ask(`${PATH}?${query}`);
      seen.push(...body.items.map(({ id }: { id: string }) => id));
      if (body.nextCursor === null) break;
      query = `limit=5&cursor=${encodeURIComponent(body.nextCursor)}`;
      await insert();
    }
    expect(seen).toEqual(all);
  });

  it.each([
    ['limit=0', '/limit'],
    ['limit=501', '/limit'],
    ['limit=ten', '/limit'],
    ['cursor=abc', '/cursor'],
    ['outcome=lost', '/outcome/0'],
    ['operation=fire', '/operation/0'],
    ['from=yesterday', '/from'],
    ['enduser=x', '/enduser'],
    ['endUser=a&endUser=b', '/endUser'],
    ['endUser=%00', '/endUser'],
    ['format=xml', '/format'],
  ])('refuses %s and says where', async (query, pointer) => {
    const { status, body } = await api.ask(`${PATH}?${query}`);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ pointer, message: expect.stringMatching(/[.]$/) }]);
  });

  it('exports CSV that spreadsheets open safely', async () => {
    await insert({
      id: 'formulas',
      endUser: { personId: '=1+1', displayName: '@SUM(A1)', userName: '+zoe', mail: '-z@x' },
      target: 'a "quoted", \r\nbroken name',
      reason: '\t=cmd()',
      after: { title: '=2' },
    });
    for (const [query, headers] of [
      ['?format=csv', {}],
      ['', { accept: 'text/csv' }],
    ] as const) {
      const response = await api.fetch(`${PATH}${query}`, { headers });
      expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
      expect(response.headers.get('content-disposition')).toContain('attachment');
      const bytes = Buffer.from(await response.arrayBuffer());
      expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
      const text = bytes.subarray(3).toString();
      expect(text.endsWith('\r\n')).toBe(true);
      expect(text.split('\r\n')[0]).toMatch(/^time,personId,displayName,/);
      expect(text).toContain(
        `'=1+1,'@SUM(A1),'+zoe,'-z@x,corp-ad,update-account,"a ""quoted"", \r\nbroken name",planned`,
      );
      expect(text).toContain(`'\t=cmd()`);
      expect(text).toContain('"{""title"":""=2""}"');
    }
  });

  it('exports a large report whole and in order, and reads on only as fast as it is taken', async () => {
    await api.database.query(
      `INSERT INTO operation (id, person_uuid, end_user, end_user_search, application, kind, target, detail, actor, source, workflow_id, run_id)
       SELECT 'n' || n, $1, '{"personId":"E1"}', 'e1', 'ad', 'update-account', repeat('x', 3000), '{}', 'a', 's', 'w', 'r'
       FROM generate_series(1, 20000) n`,
      [person.id],
    );
    const pages = jest.spyOn(ReportRepository.prototype, 'page');
    const response = await api.fetch(`${PATH}?format=csv`);
    let rows = -1;
    let last = '';
    let pagesAtFirst = 0;
    for await (const chunk of response.body ?? []) {
      const text = Buffer.from(chunk).toString();
      pagesAtFirst ||= pages.mock.calls.length;
      rows += text.split('\r\n').length - 1;
      last = (last + text).slice(-200);
    }
    expect(rows).toBe(20000);
    expect(last).toMatch(/,n1,\r\n$/);
    expect(pages.mock.calls.length).toBe(20);
    expect(pagesAtFirst).toBeLessThan(10);
    pages.mockRestore();
  });

  it('knows no row and no history that is not there', async () => {
    expect((await api.ask(`${PATH}/nothing`)).status).toBe(404);
    expect((await api.ask(`${PATH}/nothing/history`)).status).toBe(404);
    const id = await insert();
    expect(await api.ask(`${PATH}/${id}/history`)).toMatchObject({
      status: 404,
      body: { type: 'urn:tenure:problem:no-longer-retained' },
    });
  });
});
