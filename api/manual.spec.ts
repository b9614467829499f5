import { readFileSync } from 'node:fs';
import { STATUS_CODES } from 'node:http';
import { join } from 'node:path';
import { endUserSearch, OperationEntity } from '../persistence/entities/operation.entity';
import { startTestApi, type TestApi } from '../test/servers/api';
import { PROBLEM_TITLES } from './problems/problem';

const MANUAL = readFileSync(join(__dirname, '../docs/api.md'), 'utf8');
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

interface Message {
  first: string;
  headers: Record<string, string>;
  body: string;
}

/** The requests of the manual, each with its answer. */
function conversations(): { request: Message; answer: Message }[] {
  const blocks = [...MANUAL.matchAll(/```http\n([\s\S]*?)```/g)].map(([, text = '']) => messageOf(text));
  const requests = blocks.filter((_, index) => index % 2 === 0);
  return requests.map((request, index) => {
    const answer = blocks[2 * index + 1];
    if (!answer?.first.startsWith('HTTP/1.1 ')) throw new Error(`${request.first} has no answer in the manual.`);
    return { request, answer };
  });
}

function messageOf(text: string): Message {
  const [head = '', ...rest] = text.split('\n\n');
  const [first = '', ...lines] = head.trimEnd().split('\n');
  const headers = Object.fromEntries(lines.map((line) => line.split(': ') as [string, string]));
  return { first, headers, body: rest.join('\n\n') };
}

describe('the manual of the API', () => {
  let api: TestApi;
  /** The ids that the manual shows, and the real ones that took their place. */
  const realIds = new Map<string, string>();

  const real = (text: string): string => text.replace(UUID, (id) => realIds.get(id) ?? id);

  /** Everything that the manual shows is there; `…` stands for whatever follows. Unknown ids are learnt. */
  function expectShown(shown: unknown, actual: unknown, path = ''): void {
    if (typeof shown === 'object' && shown !== null) {
      if (Array.isArray(shown))
        expect({ path, length: (actual as unknown[]).length }).toEqual({ path, length: shown.length });
      for (const [name, value] of Object.entries(shown)) {
        expectShown(value, (actual as Record<string, unknown> | undefined)?.[name], `${path}/${name}`);
      }
      return;
    }
    if (typeof shown === 'string' && typeof actual === 'string') {
      const ids = actual.match(UUID) ?? [];
      for (const [index, id] of (shown.match(UUID) ?? []).entries()) {
        if (!realIds.has(id)) realIds.set(id, ids[index] ?? '');
      }
      const [start, more] = real(shown).split('…');
      if (more !== undefined) {
        expect({ path, start: actual.slice(0, start?.length) }).toEqual({ path, start });
        return;
      }
      shown = real(shown);
    }
    expect({ path, value: actual }).toEqual({ path, value: shown });
  }

  /** What a worker would have done about the first event. */
  async function failAnOperation(): Promise<void> {
    const [event, person] = [...realIds.values()];
    const endUser = { personId: 'E1042', displayName: "Zoë O'Brien-Łukasz" };
    await api.database.getRepository(OperationEntity).insert({
      id: 'op-4711',
      personUuid: person,
      eventUuid: event,
      endUser,
      endUserSearch: endUserSearch(endUser),
      application: 'corp-ad',
      kind: 'create-account',
      target: `CN=${endUser.displayName}`,
      detail: { id: 'op-4711', kind: 'disable-account', application: 'corp-ad', target: 'x' },
      outcome: 'failed',
      reason: 'The OU does not exist.',
      attempts: 1,
      actor: 'admin',
      source: 'workday',
      workflowId: `person/${person}`,
      runId: '019ab0c1-0000-7000-8000-000000000000',
    });
  }

  beforeAll(async () => {
    api = await startTestApi();
  });

  afterAll(() => api.stop());

  it('shows requests, every one of which is answered as it says', async () => {
    const all = conversations();
    expect(all.length).toBeGreaterThan(10);
    for (const [index, { request, answer }] of all.entries()) {
      const [method, path = ''] = request.first.split(' ');
      const { status, headers, body } = await api.ask(real(path), {
        method,
        headers: request.headers,
        ...(request.body ? { body: request.body } : {}),
      });
      expect(`${request.first} → HTTP/1.1 ${status} ${STATUS_CODES[status]}`).toBe(
        `${request.first} → ${answer.first}`,
      );
      for (const [name, value] of Object.entries(answer.headers)) expect(headers.get(name)).toBe(value);
      if (answer.body) expectShown(JSON.parse(answer.body), body, request.first);
      if (index === 0) await failAnOperation();
    }
  });

  it('lists every kind of problem', () => {
    for (const kind of Object.keys(PROBLEM_TITLES)) if (kind !== 'other') expect(MANUAL).toContain(`\`${kind}\``);
  });
});
