import { type DescribedSandbox, newUser, startDescribedSandbox } from '../openapi/described-sandbox.js';
import type { SandboxClient } from '../sandbox-client.js';

const EVENTUAL = { ConsistencyLevel: 'eventual' };
const PEOPLE = 250;
let described: DescribedSandbox;
let client: SandboxClient;

beforeAll(async () => {
  described = await startDescribedSandbox();
  client = described.client;
  for (let i = 1; i <= PEOPLE; i++) {
    const { passwordProfile: _none, ...values } = newUser(i, {
      employeeId: `E${i}`,
      accountEnabled: i % 10 !== 0,
      department: i % 2 === 0 ? 'Sales' : 'IT',
      mail: `person${i}@tenure.example`,
      onPremisesImmutableId: `anchor${i}`,
    });
    described.sandbox.admin.createUser(values);
  }
});
afterAll(() => described.stop());

const list = (options: Record<string, string>, headers: Record<string, string> = {}) =>
  client.call('GET', `/users?${new URLSearchParams(options)}`, { headers });

/** Follows the links of a list to its end. */
async function pages(path: string, headers: Record<string, string> = {}) {
  const all: { id: string; displayName: string }[][] = [];
  for (let next: string | undefined = path; next; ) {
    const { status, body } = await client.call('GET', next, { headers });
    expect(status).toBe(200);
    all.push(body.value);
    next = body['@odata.nextLink'];
  }
  return all;
}

describe('pages', () => {
  it('have 100 objects unless asked otherwise, and together every object once', async () => {
    const all = await pages('/users');
    expect(all.map((page) => page.length)).toEqual([100, 100, 50]);
    expect(new Set(all.flat().map(({ id }) => id)).size).toBe(PEOPLE);
    expect((await pages('/users?$top=999')).map((page) => page.length)).toEqual([PEOPLE]);
  });

  it('miss nothing and repeat nothing while objects come and go', async () => {
    const { body: first } = await client.call('GET', '/users?$top=100&$select=id,displayName');
    const [gone, kept] = [first.value[0], first.value[1]];
    await client.call('DELETE', `/users/${gone.id}`);
    const rest = (await pages(first['@odata.nextLink'])).flat();
    expect(rest).toHaveLength(PEOPLE - 100);
    expect(rest.map(({ id }) => id)).not.toContain(kept.id);
    await client.call('POST', `/directory/deletedItems/${gone.id}/restore`);
  });

  it.each(['0', '1000'])('refuse $top=%s', async ($top) => {
    const { status, body } = await list({ $top });
    expect([status, body.error.code]).toEqual([400, 'Request_UnsupportedQuery']);
    expect(body.error.message).toBe(`Invalid page size specified: '${$top}'. Must be between 1 and 999 inclusive.`);
  });

  it('refuse a token that is none, and $skip', async () => {
    expect((await list({ $skiptoken: 'garbage' })).body.error.code).toBe('Directory_ExpiredPageToken');
    expect((await list({ $skip: '10' })).body.error.message).toBe("'$skip' is not supported by the service.");
  });
});

describe('filters', () => {
  it.each([
    ["employeeId eq 'e7'", ['Person 7']],
    ["userPrincipalName eq 'PERSON7@tenure.example'", ['Person 7']],
    ["employeeId in ('E1','E3')", ['Person 1', 'Person 3']],
    ["employeeId eq 'E1' or employeeId eq 'E2'", ['Person 1', 'Person 2']],
    ["startsWith(displayName,'Person 24') and accountEnabled eq false", ['Person 240']],
    ["proxyAddresses/any(p:p eq 'smtp:person9@tenure.example')", ['Person 9']],
    ["mail eq 'nobody@tenure.example'", []],
  ])('%s', async ($filter, expected) => {
    const { status, body } = await list({ $filter, $select: 'displayName' });
    expect(status).toBe(200);
    expect(body.value.map(({ displayName }: { displayName: string }) => displayName)).toEqual(expected);
  });

  it.each([
    ["employeeId ne 'E1'", /^Operator 'ne' is not supported because the required parameters might be missing/],
    ["not(employeeId eq 'E1')", /^Operator 'Not' is not supported/],
    ["endsWith(mail,'7@tenure.example')", /^Operator 'endsWith' is not supported/],
    ['department eq null', /^Operator 'eq' is not supported/],
    ["onPremisesImmutableId eq 'anchor3'", /^Operator 'eq' is not supported/],
  ])('%s needs advanced query parameters: both of them', async ($filter, message) => {
    for (const [options, headers] of [
      [{}, {}],
      [{ $count: 'true' }, {}],
      [{}, EVENTUAL],
    ] as const) {
      const { status, body } = await list({ $filter, ...options }, headers);
      expect([status, body.error.code]).toEqual([400, 'Request_UnsupportedQuery']);
      expect(body.error.message).toMatch(message);
    }
    expect((await list({ $filter, $count: 'true' }, EVENTUAL)).status).toBe(200);
  });

  it.each([
    [
      "contains(displayName,'x')",
      'Request_UnsupportedQuery',
      /Unsupported or invalid query filter clause specified for property 'displayName' of resource 'User'/,
    ],
    ["proxyAddresses eq 'x'", 'Request_UnsupportedQuery', /property 'proxyAddresses' of resource 'User'/],
    [
      "shoeSize eq '44'",
      'Request_UnsupportedQuery',
      /Property 'shoeSize' does not exist as a declared property or extension property/,
    ],
    ["accountEnabled eq 'true'", 'BadRequest', /incompatible types was detected/],
    ["displayName eq 'O'Brien'", 'BadRequest', /^Invalid filter clause/],
  ])('%s is refused', async ($filter, code, message) => {
    const { status, body } = await list({ $filter, $count: 'true' }, EVENTUAL);
    expect([status, body.error.code]).toEqual([400, code]);
    expect(body.error.message).toMatch(message);
  });
});

describe('counting, sorting, searching, selecting', () => {
  it('counts with advanced parameters, and silently does not without', async () => {
    const $filter = "department eq 'Sales'";
    expect((await list({ $filter, $count: 'true', $top: '5' }, EVENTUAL)).body['@odata.count']).toBe(PEOPLE / 2);
    expect((await list({ $filter, $count: 'true' })).body).not.toHaveProperty('@odata.count');
    expect(await client.call('GET', '/users/$count', { headers: EVENTUAL })).toMatchObject({
      status: 200,
      body: String(PEOPLE),
    });
    expect((await client.call('GET', '/users/$count')).body.error.message).toBe('$count is not currently supported.');
  });

  it('sorts, also over pages, and together with a filter in advanced queries only', async () => {
    const sorted = (await pages('/users?$orderby=displayName%20desc&$top=60'))
      .flat()
      .map(({ displayName }) => displayName);
    expect(sorted).toHaveLength(PEOPLE);
    expect(sorted).toEqual([...sorted].sort().reverse());
    const both = { $filter: "department eq 'IT'", $orderby: 'displayName', $count: 'true' };
    expect((await list(both)).body.error.message).toBe('Sorting not supported for current query.');
    expect((await list(both, EVENTUAL)).body.value[0].displayName).toBe('Person 1');
  });

  it('searches with the header only', async () => {
    const $search = '"displayName:person 77"';
    expect((await list({ $search })).body.error.message).toMatch(/^Request with \$search query parameter only works/);
    expect((await list({ $search }, EVENTUAL)).body.value).toHaveLength(1);
  });

  it('selects what was named, and refuses what is not there', async () => {
    const { body } = await list({
      $filter: "employeeId eq 'E1'",
      $select: 'employeeId,onPremisesSyncEnabled,otherMails',
    });
    expect(body.value).toEqual([{ employeeId: 'E1', onPremisesSyncEnabled: null, otherMails: [] }]);
    const refusal = await list({ $select: 'id,shoeSize' });
    expect([refusal.status, refusal.body.error.message]).toEqual([
      400,
      "Parsing OData Select and Expand failed: Could not find a property named 'shoeSize' on type 'microsoft.graph.user'.",
    ]);
  });
});

describe('the URL', () => {
  it.each([
    ['GET', '/people-of-mine', 400, "Resource not found for the segment 'people-of-mine'."],
    ['GET', '/users/x/shoes', 400, "Resource not found for the segment 'shoes'."],
    ['PUT', '/users/x', 405, 'Specified HTTP method is not allowed for the request target.'],
    ['POST', '/users/x/assignLicense', 400, "Resource not found for the segment 'assignLicense'."],
  ])('%s %s is answered %i', async (method, path, status, message) => {
    const answer = await client.call(method, path);
    expect([answer.status, answer.body.error.message]).toEqual([status, message]);
  });

  it('of another version is refused', async () => {
    const { status, body } = await client.call('GET', `${described.sandbox.baseUrl}/v2.0/users`);
    expect([status, body.error.message]).toEqual([400, 'Invalid version: v2.0.']);
  });
});
