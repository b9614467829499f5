import { GraphError } from '@microsoft/microsoft-graph-client';
import { refusalOf, retryAfterMs, signInFailure, toConnectorError } from './errors.js';

const doing = { what: 'create the account a@example.org', permission: 'User.ReadWrite.All' };

function refusal(status: number, error: object, headers: Record<string, string> = {}): GraphError {
  const made = new GraphError(status, (error as { message?: string }).message ?? '');
  made.code = (error as { code?: string }).code ?? null;
  made.body = JSON.stringify(error);
  made.headers = new Headers(headers);
  return made;
}

describe('Graph refusals', () => {
  it.each([
    [429, { code: 'TooManyRequests', message: 'Slow down' }, { 'retry-after': '7' }, 'throttled'],
    [503, { code: 'serviceNotAvailable', message: 'Busy' }, { 'retry-after': '7' }, 'throttled'],
    [503, { code: 'serviceNotAvailable', message: 'Busy' }, {}, 'transient'],
    [504, { code: 'UnknownError', message: '' }, {}, 'transient'],
    [500, { code: 'InternalServerError', message: '' }, {}, 'transient'],
    [401, { code: 'InvalidAuthenticationToken', message: 'Expired' }, {}, 'unauthorized'],
    [403, { code: 'Authorization_RequestDenied', message: 'Insufficient privileges' }, {}, 'forbidden'],
    [404, { code: 'Request_ResourceNotFound', message: "Resource 'x' does not exist" }, {}, 'not-found'],
    [400, { code: 'Request_BadRequest', message: "Invalid value specified for property 'city'" }, {}, 'invalid'],
    [400, { code: 'Directory_ExpiredPageToken', message: 'Expired' }, {}, 'transient'],
    [
      400,
      {
        code: 'Request_BadRequest',
        message: 'Another object with the same value for property userPrincipalName already exists.',
      },
      {},
      'conflict',
    ],
    [409, { code: 'Request_MultipleObjectsWithSameKeyValue', message: 'Two' }, {}, 'conflict'],
    [
      400,
      {
        code: 'Request_BadRequest',
        message: 'Unable to update the specified properties for on-premises mastered Directory Sync objects.',
      },
      {},
      'invalid',
    ],
    [403, { code: 'Directory_QuotaExceeded', message: 'Full' }, {}, 'forbidden'],
  ] as const)('%i %j %j is %4$s', (status, error, headers, category) => {
    const made = toConnectorError(refusal(status, error, headers), doing);
    expect(made.category).toBe(category);
    expect(made.message).toContain('Could not create the account a@example.org: ');
    expect(made.details.retryAfterMs).toBe(category === 'throttled' ? 7000 : undefined);
    expect(refusalOf(made)?.status).toBe(status);
  });

  it('names the permission that is missing', () => {
    const made = toConnectorError(refusal(403, { code: 'Authorization_RequestDenied', message: 'No.' }), doing);
    expect(made.message).toContain('Grant the app the application permission User.ReadWrite.All with admin consent.');
  });

  it('takes an answer that is no JSON for what its status says', () => {
    const made = new GraphError(502, '');
    made.body = '<html>Bad gateway</html>';
    expect(toConnectorError(made, doing).category).toBe('transient');
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 10, 23, 12, 0, 0);
  it.each([
    ['30', 30_000],
    ['0', 0],
    ['Mon, 23 Nov 2026 12:01:30 GMT', 90_000],
    ['Mon, 23 Nov 2026 11:00:00 GMT', 0],
    ['soon', undefined],
    [null, undefined],
  ])('%s is %s ms', (header, expected) => {
    expect(retryAfterMs(header, now)).toBe(expected);
  });
});

describe('sign-in refusals', () => {
  const said = (code: string) => ({ status: 401, description: `AADSTS${code}: Words. Trace ID: 1 Correlation ID: 2` });

  it.each([
    ['7000215', 'unauthorized', 'clientSecret'],
    ['7000222', 'unauthorized', 'expired'],
    ['700016', 'misconfigured', 'clientId'],
    ['90002', 'misconfigured', 'tenantId'],
    ['700027', 'unauthorized', 'certificate'],
    ['7000112', 'forbidden', 'disabled'],
  ])('AADSTS%s is %s and says what to do', (code, category, word) => {
    const made = signInFailure(new Error('x'), said(code));
    expect([made.category, made.details.code]).toEqual([category, `AADSTS${code}`]);
    expect(made.message).toContain(word);
    expect(made.message).not.toContain('Trace ID');
  });

  it('waits as long as the sign-in service asks', () => {
    const made = signInFailure(new Error('x'), { status: 429, retryAfter: '11', description: 'Too many' });
    expect([made.category, made.details.retryAfterMs]).toEqual(['throttled', 11_000]);
  });

  it('takes the failures of the service itself for passing ones', () => {
    expect(signInFailure(new Error('x'), { status: 500, description: 'Oops' }).category).toBe('transient');
  });
});
