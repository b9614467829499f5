import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { startTestApi, type TestApi } from '../../test/servers/api';

const base = () => ({
  type: 'joiner',
  source: 'csv',
  eventId: randomUUID(),
  person: { personId: `E-${randomUUID()}` },
});
const withPerson = (person: Record<string, unknown>) => ({ ...base(), person: { ...base().person, ...person } });

describe('hostile events', () => {
  let api: TestApi;

  const post = (json: unknown) => api.ask('/api/v1/events', { method: 'POST', json });
  const postText = (body: string, contentType = 'application/json') =>
    api.ask('/api/v1/events', { method: 'POST', body, headers: { 'content-type': contentType } });

  beforeAll(async () => {
    api = await startTestApi();
  });

  afterAll(() => api.stop());

  it.each([
    ['accents and quotes', `Zoë "Ann" O'Brien-Łukasz`],
    ['LDAP syntax', `)(uid=*))(|(uid=*`],
    ['DN syntax', 'Doe, John + \\2C <x>; "q" #=1'],
    ['SQL', `'); DROP TABLE person; --`],
    ['a formula', '=HYPERLINK("http://x","y")'],
    ['emoji and joiners', '👩‍👩‍👧‍👦 🏳️‍🌈'],
    ['right to left', 'مُحَمَّد بن سَلمان'],
    ['combining marks', 'Zoë'],
    ['300 characters', 'ä'.repeat(300)],
    ['the longest value', 'x'.repeat(1024)],
    ['nothing', ''],
    ['a template', '{{ secrets }} <%= 7*7 %> <script>alert(1)</script>'],
  ])('keeps %s as it is', async (_, familyName) => {
    const { status, body } = await post(
      withPerson({ familyName, list: [familyName], many: 1.5, yes: true, none: null }),
    );
    expect(status).toBe(202);
    const followed = await api.ask(body.links.event);
    expect(followed.body.event.attributes).toEqual({
      familyName,
      list: [familyName],
      many: 1.5,
      yes: true,
      none: null,
    });
  });

  it('keeps any text that has no control characters, and refuses any other with 400', async () => {
    const text = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.string({ unit: 'grapheme', maxLength: 40 }));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { minLength: 50, maxLength: 50 }), async (texts) => {
        const { body } = await post(texts.map((familyName) => withPerson({ familyName })));
        const good = texts.filter((familyName) => !/[\p{Cc}\p{Cs}]/u.test(familyName));
        const accepted = body.items.flatMap(({ event }: { event?: { id: string } }) => event?.id ?? []);
        const rows: { name: string }[] = await api.database.query(
          `SELECT attributes ->> 'familyName' AS name FROM lifecycle_event WHERE id = ANY($1) ORDER BY position`,
          [accepted],
        );
        expect(rows.map(({ name }) => name)).toEqual(good);
      }),
      { numRuns: 5 },
    );
  });

  it('finds a person by any id that it accepts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), async (personId) => {
        const { status, body } = await post({ ...base(), person: { personId } });
        if (status !== 202) return;
        // `.` and `..` mean something in a path whatever is done to them.
        if (/^\.\.?$/.test(personId)) return;
        expect((await api.ask(`/api/v1/people/${encodeURIComponent(personId)}`)).body.id).toBe(body.person.id);
      }),
      { numRuns: 25 },
    );
  });

  const refused: [string, unknown, string, string][] = [
    ['no event', 5, '', 'An event has to be an object.'],
    ['null', null, '', 'An event has to be an object.'],
    [
      'an unknown type',
      { ...base(), type: 'fired' },
      '/type',
      'The type has to be one of joiner, mover, leaver, rehire.',
    ],
    ['no type', { ...base(), type: undefined }, '/type', 'The type has to be one of joiner, mover, leaver, rehire.'],
    ['no source', { ...base(), source: undefined }, '/source', 'The source has to be a text.'],
    ['an empty eventId', { ...base(), eventId: '' }, '/eventId', 'The eventId must not be empty.'],
    [
      'an eventId of 129 characters',
      { ...base(), eventId: 'x'.repeat(129) },
      '/eventId',
      'The eventId may have at most 128 characters.',
    ],
    [
      'a member that is not known',
      { ...base(), urgentt: true },
      '/urgentt',
      'There is no member or parameter called "urgentt".',
    ],
    ['urgent as a text', { ...base(), urgent: 'true' }, '/urgent', 'The member urgent has to be true or false.'],
    [
      'a day that is not',
      { ...base(), effectiveAt: '2026-02-30' },
      '/effectiveAt',
      'The effectiveAt has to be a date-time with an offset, like 2026-12-01T08:00:00Z, or a date, like 2026-12-01.',
    ],
    [
      'a time without offset',
      { ...base(), effectiveAt: '2026-02-03T08:00:00' },
      '/effectiveAt',
      'The effectiveAt has to be a date-time with an offset, like 2026-12-01T08:00:00Z, or a date, like 2026-12-01.',
    ],
    [
      'the year 9999',
      { ...base(), effectiveAt: '9999-12-31' },
      '/effectiveAt',
      'The effectiveAt has to lie between the years 1970 and 2199.',
    ],
    [
      'no person',
      { ...base(), person: undefined },
      '/person',
      'The person has to be an object with a personId and attributes.',
    ],
    ['a person without id', { ...base(), person: {} }, '/person/personId', 'The personId has to be a text.'],
    ['a number as id', withPerson({ personId: 7 }), '/person/personId', 'The personId has to be a text.'],
    ['an empty id', withPerson({ personId: '' }), '/person/personId', 'The personId must not be empty.'],
    [
      'an id of 129 characters',
      withPerson({ personId: 'x'.repeat(129) }),
      '/person/personId',
      'The personId may have at most 128 characters.',
    ],
    [
      'an id with a space behind',
      withPerson({ personId: 'E1 ' }),
      '/person/personId',
      'The personId must not begin or end with a space.',
    ],
    [
      'NUL in an id',
      withPerson({ personId: 'E\u00001' }),
      '/person/personId',
      'The personId has a control character or half a character in it.',
    ],
    [
      'NUL in a name',
      withPerson({ name: 'a\u0000b' }),
      '/person/name',
      'A value has a control character or half a character in it.',
    ],
    [
      'a line break in a name',
      withPerson({ name: 'a\r\nb' }),
      '/person/name',
      'A value has a control character or half a character in it.',
    ],
    [
      'half a surrogate pair',
      withPerson({ name: 'a\ud83d' }),
      '/person/name',
      'A value has a control character or half a character in it.',
    ],
    [
      'a value of 1,025 characters',
      withPerson({ name: 'x'.repeat(1025) }),
      '/person/name',
      'A value may have at most 1024 characters.',
    ],
    [
      'a nested attribute',
      withPerson({ name: { first: 'x' } }),
      '/person/name',
      'An attribute has to be a text, a number, true, false, a list of texts, or null for "has no value".',
    ],
    [
      'a list of numbers',
      withPerson({ list: [1] }),
      '/person/list',
      'An attribute has to be a text, a number, true, false, a list of texts, or null for "has no value".',
    ],
    [
      'a list of 101 values',
      withPerson({ list: Array(101).fill('x') }),
      '/person/list',
      'An attribute may have at most 100 values.',
    ],
    [
      'a strange attribute name',
      withPerson({ 'a b': 'x' }),
      '/person/a b',
      'The name of an attribute has to begin with a letter and have up to 64 letters, digits, dots, hyphens or underscores.',
    ],
    [
      '101 attributes',
      withPerson(Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`a${i}`, 1]))),
      '/person',
      'A person may have at most 100 attributes.',
    ],
    [
      'a constructor',
      withPerson({ constructor: 'x' }),
      '/person/constructor',
      'The name "constructor" is not allowed.',
    ],
    ['a prototype', withPerson({ prototype: 'x' }), '/person/prototype', 'The name "prototype" is not allowed.'],
  ];

  it.each(refused)('refuses %s, and says where and why', async (_, json, pointer, message) => {
    const { status, headers, body } = await post(json);
    expect({ status, type: headers.get('content-type') }).toEqual({
      status: 400,
      type: 'application/problem+json; charset=utf-8',
    });
    expect(body.errors).toContainEqual({ pointer, message });
  });

  it('is not polluted by __proto__, wherever it stands', async () => {
    const event = JSON.stringify(base());
    const bodies = [
      event.replace('{', '{"__proto__":{"polluted":true},'),
      event.replace('"person":{', '"person":{"__proto__":{"polluted":true},'),
      `[${event.replace('"person":{', '"person":{"__proto__":"x",')}]`,
    ];
    for (const body of bodies) {
      const answer = await postText(body);
      expect(JSON.stringify(answer.body)).toContain('The name \\"__proto__\\" is not allowed.');
    }
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each([
    ['half an object', '{"type":'],
    ['a bare word', 'joiner'],
    ['two values', '{} {}'],
    ['a trailing comma', '[1,]'],
    ['100,000 brackets', '['.repeat(100_000)],
  ])('answers %s with 400', async (_, body) => {
    expect(await postText(body)).toMatchObject({ status: 400, body: { type: 'urn:tenure:problem:malformed-json' } });
  });

  it('answers 100,000 closed brackets, an infinite number and nothing at all with 400', async () => {
    const deep = '['.repeat(100_000) + ']'.repeat(100_000);
    expect((await postText(`{"type":"joiner","person":${deep}}`)).status).toBe(400);
    expect((await postText(JSON.stringify(base()).replace('"personId"', '"n":1e999,"personId"'))).status).toBe(400);
    expect((await api.ask('/api/v1/events', { method: 'POST' })).status).toBe(400);
  });

  it('refuses a body of more than 10 MB and other media types', async () => {
    const large = await post(withPerson({ name: 'x'.repeat(11_000_000) }));
    expect(large).toMatchObject({ status: 413, body: { type: 'urn:tenure:problem:too-large' } });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/yaml', 'application/xml']) {
      expect(await postText(JSON.stringify(base()), type)).toMatchObject({
        status: 415,
        body: { type: 'urn:tenure:problem:unsupported-media-type' },
      });
    }
  });

  it('tells nobody what it thinks of an event before it knows who is asking', async () => {
    for (const authorization of [
      '',
      'Bearer',
      'Bearer x',
      'Bearer null',
      `Basic ${api.token}`,
      `Bearer ${api.token}x`,
    ]) {
      const answer = await api.ask('/api/v1/events', { method: 'POST', json: {}, headers: { authorization } });
      expect(answer).toMatchObject({ status: 401, body: { type: 'urn:tenure:problem:unauthenticated' } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="Tenure"');
    }
  });
});
