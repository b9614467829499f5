import type { RecordedExchange } from '../http/recorded-exchange.js';
import { checkExchange, checkRequest } from './check-exchange.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const exchange = (values: Partial<RecordedExchange>): RecordedExchange => ({
  method: 'GET',
  url: '/v1.0/users',
  requestHeaders: {},
  requestBody: undefined,
  status: 200,
  responseHeaders: JSON_TYPE,
  responseBody: { value: [] },
  lost: false,
  ...values,
});
const noContent = { status: 204, responseBody: undefined };
const user = { id: 'x', displayName: 'A', businessPhones: [], mail: null };

describe('an exchange', () => {
  it.each<[string, Partial<RecordedExchange>]>([
    [
      'a list',
      {
        url: '/v1.0/users?$select=id,mail&$top=5&$skiptoken=x',
        responseBody: { '@odata.context': 'c', value: [user] },
      },
    ],
    [
      'a user',
      {
        url: '/v1.0/users/x?$expand=manager($select=id,mail)',
        responseBody: { ...user, manager: { '@odata.type': '#microsoft.graph.user', id: 'y' } },
      },
    ],
    [
      'an update',
      { method: 'PATCH', url: '/v1.0/users/x', requestBody: { passwordProfile: { password: 'p' } }, ...noContent },
    ],
    [
      'an action by its short name',
      { method: 'POST', url: '/v1.0/users/x/revokeSignInSessions', responseBody: { value: true } },
    ],
    [
      'a member reference',
      {
        method: 'POST',
        url: '/v1.0/groups/g/members/$ref',
        requestBody: { '@odata.id': 'https://h/v1.0/directoryObjects/x' },
        ...noContent,
      },
    ],
    [
      'members of several types',
      {
        url: '/v1.0/groups/g/members?$select=id,userPrincipalName',
        responseBody: {
          value: [
            { '@odata.type': '#microsoft.graph.user', ...user },
            { '@odata.type': '#microsoft.graph.group', id: 'g', mailEnabled: false },
          ],
        },
      },
    ],
    [
      'a delta',
      {
        url: '/v1.0/groups/delta?$select=members',
        responseBody: {
          '@odata.deltaLink': 'l',
          value: [
            { id: 'g', 'members@delta': [{ id: 'x' }] },
            { id: 'h', '@removed': { reason: 'deleted' } },
          ],
        },
      },
    ],
    ['a count', { url: '/v1.0/users/$count', responseHeaders: { 'Content-Type': 'text/plain' }, responseBody: '7' }],
    [
      'a refusal',
      {
        status: 404,
        responseBody: {
          error: {
            code: 'c',
            message: 'm',
            innerError: { date: '2026-01-02T03:04:05', 'request-id': 'r', 'client-request-id': 'r' },
          },
        },
      },
    ],
  ])('is as described: %s', (_, values) => {
    expect(checkExchange(exchange(values))).toEqual([]);
    expect(checkRequest(exchange(values))).toEqual([]);
  });

  it.each<[string, Partial<RecordedExchange>, RegExp]>([
    ['an operation that is not there', { url: '/v1.0/people-of-mine' }, /no such operation/],
    ['a method that is not there', { method: 'PUT', url: '/v1.0/users/x' }, /no such operation/],
    ['an option that is not there', { url: '/v1.0/users/x?$filter=a' }, /query parameter \$filter is not described/],
    ['a name that is no option', { url: '/v1.0/users?filter=a' }, /query parameter filter is not described/],
    ['a selected property that is not there', { url: '/v1.0/users?$select=id,shoes' }, /\$select names 'shoes'/],
    [
      'an expanded relation that is not there',
      { url: '/v1.0/users?$expand=shoes($select=id)' },
      /\$expand names 'shoes'/,
    ],
    ['a page size that is no number', { url: '/v1.0/users?$top=ten' }, /\$top is no integer/],
    [
      'a property that is not there',
      { method: 'PATCH', url: '/v1.0/users/x', requestBody: { shoes: 1 }, ...noContent },
      /request: the body must NOT have additional properties: shoes/,
    ],
    [
      'a value of another type',
      { method: 'PATCH', url: '/v1.0/users/x', requestBody: { accountEnabled: 'False' }, ...noContent },
      /request: \/accountEnabled must be boolean/,
    ],
    [
      'a member of another type',
      { method: 'PATCH', url: '/v1.0/users/x', requestBody: { passwordProfile: { pass: 'p' } }, ...noContent },
      /\/passwordProfile must NOT have additional properties: pass/,
    ],
    [
      'a relation where a property belongs',
      { method: 'PATCH', url: '/v1.0/users/x', requestBody: { memberOf: [] }, ...noContent },
      /additional properties: memberOf/,
    ],
    ['no body where there must be one', { method: 'POST', responseBody: user, status: 201 }, /lacks its body/],
    [
      'a body where there must be none',
      { method: 'POST', url: '/v1.0/users/x/revokeSignInSessions', requestBody: {}, responseBody: { value: true } },
      /none is described/,
    ],
  ])('is not as described: %s', (_, values, problem) => {
    expect(checkExchange(exchange(values)).join()).toMatch(problem);
    expect(checkRequest(exchange(values)).join()).toMatch(problem);
  });

  it.each<[string, Partial<RecordedExchange>, RegExp]>([
    [
      'a property that is not there',
      { responseBody: { value: [{ ...user, shoes: 1 }] } },
      /answer: \/value\/0 must NOT have additional properties: shoes/,
    ],
    [
      'a value of another type',
      { responseBody: { value: [{ ...user, accountEnabled: 'True' }] } },
      /\/value\/0\/accountEnabled must be boolean/,
    ],
    [
      'a date that is none',
      { responseBody: { value: [{ createdDateTime: 'May' }] } },
      /createdDateTime must match pattern/,
    ],
    [
      'a property of another type of object',
      {
        url: '/v1.0/groups/g/members',
        responseBody: { value: [{ '@odata.type': '#microsoft.graph.group', userPrincipalName: 'u' }] },
      },
      /additional properties: userPrincipalName/,
    ],
    [
      'an object whose type is not told',
      { url: '/v1.0/groups/g/members', responseBody: { value: [user] } },
      /additional properties: displayName/,
    ],
    [
      'an error without a message',
      { status: 400, responseBody: { error: { code: 'c', innerError: { date: '2026-01-02T03:04:05' } } } },
      /required property 'message'|must have required property/,
    ],
    ['no body', { responseBody: undefined }, /lacks its body/],
    [
      'a count that is none',
      { url: '/v1.0/users/$count', responseHeaders: { 'Content-Type': 'text/plain' }, responseBody: 'many' },
      /count is no number/,
    ],
  ])('has an answer that is not as described: %s', (_, values, problem) => {
    expect(checkExchange(exchange(values)).join()).toMatch(problem);
  });

  it('that was refused may have had a wrong request, but not for its sender', () => {
    const error = { code: 'c', message: 'm', innerError: { date: '2026-01-02T03:04:05' } };
    const refused = exchange({ url: '/v1.0/users?$select=shoes', status: 400, responseBody: { error } });
    expect(checkExchange(refused)).toEqual([]);
    expect(checkRequest(refused)).toHaveLength(1);
  });

  it('is taken apart when it is a batch', () => {
    const batch = exchange({
      method: 'POST',
      url: '/v1.0/$batch',
      requestBody: {
        requests: [
          { id: '1', method: 'GET', url: '/users?$select=shoes' },
          { id: '2', method: 'GET', url: '/users?$select=id' },
        ],
      },
      responseBody: {
        responses: [
          { id: '1', status: 200, headers: JSON_TYPE, body: { value: [] } },
          { id: '2', status: 200, headers: JSON_TYPE, body: { value: [{ shoes: 1 }] } },
        ],
      },
    });
    expect(checkExchange(batch)).toEqual([
      expect.stringMatching(/'shoes'/),
      expect.stringMatching(/additional properties: shoes/),
    ]);
  });
});
