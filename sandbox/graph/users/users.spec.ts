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

const create = async (values: Record<string, unknown> = {}) => {
  const answer = await client.call('POST', '/users', { body: newUser(next++, values) });
  expect(answer.status).toBe(201);
  return answer.body as { id: string; userPrincipalName: string };
};
const patch = (id: string, body: unknown) => client.call('PATCH', `/users/${id}`, { body });

describe('creating a user', () => {
  it('answers 201 with the default properties only, and Location', async () => {
    const { status, headers, body } = await client.call('POST', '/users', {
      body: newUser(next++, { givenName: 'Ada', employeeId: '0042', department: 'R&D' }),
    });
    expect(status).toBe(201);
    expect(headers.location).toContain(body.id);
    expect(headers['request-id']).toMatch(/^[\da-f-]{36}$/);
    expect(Object.keys(body).sort()).toEqual(
      [
        '@odata.context',
        'businessPhones',
        'displayName',
        'givenName',
        'id',
        'jobTitle',
        'mail',
        'mobilePhone',
        'officeLocation',
        'preferredLanguage',
        'surname',
        'userPrincipalName',
      ].sort(),
    );
    const read = await client.call('GET', `/users/${body.id}?$select=employeeId,department,userType,accountEnabled`);
    expect(read.body).toMatchObject({
      employeeId: '0042',
      department: 'R&D',
      userType: 'Member',
      accountEnabled: true,
    });
  });

  it('echoes the client-request-id, in errors too', async () => {
    const id = '3c9f4e6a-0a52-4e0b-9a15-0d1c2b3a4f5e';
    const { headers, body } = await client.call('GET', '/users/nobody@tenure.example', {
      headers: { 'client-request-id': id },
    });
    expect(headers['client-request-id']).toBe(id);
    expect(body.error).toEqual({
      code: 'Request_ResourceNotFound',
      message:
        "Resource 'nobody@tenure.example' does not exist or one of its queried reference-property objects are not present.",
      innerError: {
        date: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/),
        'request-id': headers['request-id'],
        'client-request-id': id,
      },
    });
  });

  it.each([
    ['accountEnabled', "A value is required for property 'accountEnabled' of resource 'User'."],
    ['displayName', "A value is required for property 'displayName' of resource 'User'."],
    ['mailNickname', "A value is required for property 'mailNickname' of resource 'User'."],
    ['userPrincipalName', "A value is required for property 'userPrincipalName' of resource 'User'."],
    ['passwordProfile', 'A password must be specified to create a new user.'],
  ])('refuses a user without %s', async (name, message) => {
    const { status, body } = await client.call('POST', '/users', { body: newUser(next++, { [name]: undefined }) });
    expect([status, body.error.code, body.error.message]).toEqual([400, 'Request_BadRequest', message]);
  });

  it('refuses a principal name that somebody has, whatever its case, and names the property and the object', async () => {
    const { id, userPrincipalName } = await create();
    const { status, body } = await client.call('POST', '/users', {
      body: newUser(next++, { userPrincipalName: userPrincipalName.toUpperCase() }),
    });
    const message = 'Another object with the same value for property userPrincipalName already exists.';
    expect(status).toBe(400);
    expect(body.error).toMatchObject({
      code: 'Request_BadRequest',
      message,
      details: [
        { code: 'ObjectConflict', message, target: 'userPrincipalName' },
        { code: 'ConflictingObjects', message, target: id },
      ],
    });
  });

  it('lets two users have one employeeId, but not one mail address or anchor', async () => {
    const values = { employeeId: 'E1', mail: 'same@tenure.example', onPremisesImmutableId: 'anchor==' };
    await create(values);
    await create({ employeeId: 'E1' });
    for (const [name, property] of [
      ['mail', 'proxyAddresses'],
      ['onPremisesImmutableId', 'onPremisesImmutableId'],
    ] as const) {
      const { body } = await client.call('POST', '/users', { body: newUser(next++, { [name]: values[name] }) });
      expect(body.error.details[0]).toMatchObject({ code: 'ObjectConflict', target: property });
    }
  });

  it.each([
    ['ada@elsewhere.example', /You must use one of the verified domain names/],
    ['adä@tenure.example', /^Property userPrincipalName is invalid/],
    ['ada lovelace@tenure.example', /^Property userPrincipalName is invalid/],
    ['ada.@tenure.example', /^Property userPrincipalName is invalid/],
    [`${'a'.repeat(65)}@tenure.example`, /^Property userPrincipalName is invalid/],
    ['ada', /^Property userPrincipalName is invalid/],
  ])('refuses the principal name %s', async (userPrincipalName, message) => {
    const { status, body } = await client.call('POST', '/users', { body: newUser(next++, { userPrincipalName }) });
    expect([status, body.error.code]).toEqual([400, 'Request_BadRequest']);
    expect(body.error.message).toMatch(message);
  });

  it.each(['short1A', 'alllowercaseletters', 'Password1', 'xPersonlike77!'.replace('Personlike', 'person999')])(
    'refuses the password %s',
    async (password) => {
      const { status, body } = await client.call('POST', '/users', {
        body: newUser(999, { passwordProfile: { password } }),
      });
      expect(status).toBe(400);
      expect(body.error.message).toBe(
        'The specified password does not comply with password complexity requirements. Please provide a different password.',
      );
    },
  );
});

describe('changing a user', () => {
  it('answers 204, changes what was named and clears what was null', async () => {
    const { id } = await create({ department: 'Sales', jobTitle: 'Rep' });
    expect(await patch(id, { department: 'Support', jobTitle: null })).toMatchObject({ status: 204, body: undefined });
    const { body } = await client.call('GET', `/users/${id}?$select=department,jobTitle,displayName`);
    expect(body).toMatchObject({ department: 'Support', jobTitle: null, displayName: expect.any(String) });
  });

  it('takes the principal name as well as the id', async () => {
    const { id, userPrincipalName } = await create();
    expect((await patch(encodeURIComponent(userPrincipalName), { city: 'Bern' })).status).toBe(204);
    expect(described.sandbox.admin.user(id)?.properties.city).toBe('Bern');
  });

  it.each([
    [{ nickname: 'x' }, 'Request_BadRequest', /not available: nickname/],
    [{ createdDateTime: '2020-01-01T00:00:00Z' }, 'Request_BadRequest', /'createdDateTime' is read-only/],
    [
      { accountEnabled: 'False' },
      'BadRequest',
      /Cannot convert the literal 'False' to the expected type 'Edm.Boolean'/,
    ],
    [{ department: 7 }, 'BadRequest', /Cannot convert the literal '7' to the expected type 'Edm.String'/],
    [
      { businessPhones: '+41' },
      'BadRequest',
      /An unexpected 'PrimitiveValue' node .* A 'StartArray' node was expected/,
    ],
    [{ businessPhones: null }, 'BadRequest', /A null value was found for the property named 'businessPhones'/],
    [{ passwordProfile: { secret: 'x' } }, 'BadRequest', /The property 'secret' does not exist/],
    [{ employeeHireDate: '1 May' }, 'BadRequest', /expected type 'Edm.DateTimeOffset'/],
    [{ department: '' }, 'Request_BadRequest', /Invalid value specified for property 'department' of resource 'User'/],
    [{ department: 'x'.repeat(65) }, 'Request_BadRequest', /Invalid value specified for property 'department'/],
    [{ displayName: null }, 'Request_BadRequest', /A value is required for property 'displayName'/],
    [{ usageLocation: 'Switzerland' }, 'Request_BadRequest', /Invalid value specified for property 'usageLocation'/],
    [{ mailNickname: 'a b' }, 'Request_BadRequest', /Invalid value specified for property 'mailNickname'/],
  ])('refuses %j and changes nothing', async (values, code, message) => {
    const { id } = await create();
    const before = described.sandbox.admin.user(id);
    const { status, body } = await patch(id, { city: 'Bern', ...values });
    expect([status, body.error.code]).toEqual([400, code]);
    expect(body.error.message).toMatch(message);
    expect(described.sandbox.admin.user(id)).toEqual(before);
  });

  it('refuses a name that somebody else has, and takes its own', async () => {
    const [one, other] = [await create(), await create()];
    const refusal = await patch(one.id, { userPrincipalName: other.userPrincipalName });
    expect([refusal.status, refusal.body.error.details[0].code]).toEqual([400, 'ObjectConflict']);
    expect((await patch(one.id, { userPrincipalName: one.userPrincipalName.toUpperCase() })).status).toBe(204);
  });

  it('keeps the members of a complex value that are not named', async () => {
    const { id } = await create({
      onPremisesExtensionAttributes: { extensionAttribute1: 'a', extensionAttribute2: 'b' },
    });
    await patch(id, { onPremisesExtensionAttributes: { extensionAttribute2: 'c', extensionAttribute3: 'd' } });
    const { body } = await client.call('GET', `/users/${id}?$select=onPremisesExtensionAttributes`);
    expect(body.onPremisesExtensionAttributes).toEqual({
      extensionAttribute1: 'a',
      extensionAttribute2: 'c',
      extensionAttribute3: 'd',
    });
  });

  it('makes a new mail address the primary one, and drops all of them with the mail', async () => {
    const { id } = await create({ mail: 'first@tenure.example' });
    const addresses = async () => (await client.call('GET', `/users/${id}?$select=proxyAddresses`)).body.proxyAddresses;
    await patch(id, { mail: 'second@tenure.example' });
    expect(await addresses()).toEqual(['SMTP:second@tenure.example', 'smtp:first@tenure.example']);
    await patch(id, { mail: null });
    expect(await addresses()).toEqual([]);
  });

  it('refuses a body that is no JSON', async () => {
    const { id } = await create();
    const token = await client.token();
    const answer = await client.send('PATCH', `${described.sandbox.baseUrl}/v1.0/users/${id}`, '{"a":', {
      Authorization: `Bearer ${token}`,
      'Content-Type': 'application/json',
    });
    expect([answer.status, answer.body.error.code]).toEqual([400, 'BadRequest']);
  });

  it('lets the person sign in with a new password only, and ends the sessions of the old one', async () => {
    const { id, userPrincipalName: username } = await create();
    const signIn = (password: string) => client.grant({ grant_type: 'password', username, password });
    const { body: session } = await signIn('xWwvJ]6NMw+bWH-d');
    const refresh = () => client.grant({ grant_type: 'refresh_token', refresh_token: session.refresh_token });
    expect((await refresh()).status).toBe(200);
    await patch(id, { passwordProfile: { password: 'qP9!mossy-Lantern', forceChangePasswordNextSignIn: false } });
    expect((await signIn('xWwvJ]6NMw+bWH-d')).body.error_codes).toEqual([50126]);
    expect((await signIn('qP9!mossy-Lantern')).status).toBe(200);
    expect((await refresh()).body.error_codes).toEqual([50173]);
    expect(JSON.stringify(described.sandbox.admin.user(id))).not.toContain('mossy');
  });

  it('says who has to choose a new password and who is disabled at sign-in', async () => {
    const { id, userPrincipalName: username } = await create();
    const codes = async () =>
      (await client.grant({ grant_type: 'password', username, password: 'xWwvJ]6NMw+bWH-d' })).body.error_codes;
    await patch(id, { passwordProfile: { forceChangePasswordNextSignIn: true } });
    expect(await codes()).toEqual([50055]);
    await patch(id, { accountEnabled: false });
    expect(await codes()).toEqual([50057]);
  });

  it('ends sessions on revokeSignInSessions', async () => {
    const { id, userPrincipalName: username } = await create();
    const { body: session } = await client.grant({ grant_type: 'password', username, password: 'xWwvJ]6NMw+bWH-d' });
    const answer = await client.call('POST', `/users/${id}/revokeSignInSessions`);
    expect([answer.status, answer.body.value]).toEqual([200, true]);
    const refresh = () => client.grant({ grant_type: 'refresh_token', refresh_token: session.refresh_token });
    expect((await refresh()).body.error_codes).toEqual([50173]);
    await patch(id, { accountEnabled: false });
    expect((await refresh()).body.error_codes).toEqual([50057]);
  });
});

describe('a user that Entra Connect brought', () => {
  it('takes in the cloud only what the cloud owns', async () => {
    const { id } = described.sandbox.admin.synchronizeUser('q83vEjRWeJA=', newSynced('hybrid'));
    const refusal = await patch(id, { department: 'Sales' });
    expect([refusal.status, refusal.body.error.message]).toEqual([
      400,
      'Unable to update the specified properties for on-premises mastered Directory Sync objects or objects currently undergoing migration.',
    ]);
    const manager = await client.call('PUT', `/users/${id}/manager/$ref`, {
      body: { '@odata.id': `${described.sandbox.baseUrl}/v1.0/users/${id}` },
    });
    expect(manager.status).toBe(400);
    expect((await client.call('DELETE', `/users/${id}/manager/$ref`)).status).toBe(404);
    expect((await patch(id, { usageLocation: 'CH', accountEnabled: false })).status).toBe(204);
  });

  it('does not come under a name that is taken', async () => {
    const { userPrincipalName } = await create();
    const { admin } = described.sandbox;
    expect(() => admin.synchronizeUser('taken==', { ...newSynced('taken'), userPrincipalName })).toThrow(
      /already exists/,
    );
    admin.synchronizeUser('mine==', newSynced('mine'));
    expect(() => admin.synchronizeUser('mine==', { userPrincipalName })).toThrow(/already exists/);
  });

  it('is found by its anchor, and updated by the next run', async () => {
    const anchor = 'AAECAwQFBgc=';
    const { id } = described.sandbox.admin.synchronizeUser(anchor, newSynced('anchored'));
    described.sandbox.admin.synchronizeUser(anchor, { department: 'Legal' });
    const filter = encodeURIComponent(`onPremisesImmutableId eq '${anchor}'`);
    const { body } = await client.call('GET', `/users?$filter=${filter}&$count=true&$select=id,department`, {
      headers: { ConsistencyLevel: 'eventual' },
    });
    expect(body.value).toEqual([{ id, department: 'Legal' }]);
  });
});

describe('permissions', () => {
  it.each([
    ['User.Read.All', { city: 'Bern' }, 403],
    ['User.ReadWrite.All', { city: 'Bern' }, 204],
    ['User.ReadWrite.All', { passwordProfile: { password: 'qP9!mossy-Lantern' } }, 403],
    ['User-PasswordProfile.ReadWrite.All', { passwordProfile: { password: 'qP9!mossy-Lantern' } }, 204],
    ['User.EnableDisableAccount.All', { accountEnabled: false }, 403],
    ['User.EnableDisableAccount.All,User.Read.All', { accountEnabled: false }, 204],
    ['User.EnableDisableAccount.All,User.Read.All', { accountEnabled: false, city: 'Bern' }, 403],
  ])('with %s, the change %j is answered %i', async (granted, body, status) => {
    const { id } = await create();
    const { admin, tenantId } = described.sandbox;
    const grants = [
      'User.ReadWrite.All',
      'User-PasswordProfile.ReadWrite.All',
      'User.RevokeSessions.All',
      'User.DeleteRestore.All',
    ];
    admin.grant(granted.split(','));
    const { body: grant } = await client.grant(
      {
        grant_type: 'client_credentials',
        client_secret: described.sandbox.clientSecret,
        scope: 'https://graph.microsoft.com/.default',
      },
      `${described.sandbox.baseUrl}/${tenantId}/oauth2/v2.0/token`,
    );
    admin.grant(grants);
    const answer = await client.call('PATCH', `/users/${id}`, { body, token: grant.access_token });
    expect(answer.status).toBe(status);
    if (status === 403) {
      expect(answer.body.error).toMatchObject({
        code: 'Authorization_RequestDenied',
        message: 'Insufficient privileges to complete the operation.',
      });
    }
  });
});

function newSynced(name: string) {
  return { displayName: name, mailNickname: name, userPrincipalName: `${name}@tenure.example`, department: 'IT' };
}
