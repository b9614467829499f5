import { createHash, createPrivateKey, X509Certificate } from 'node:crypto';
import { SignJWT } from 'jose';
import { createServerCertificate } from '../../certificates.js';
import { type GraphSandbox, startGraphSandbox } from '../graph-sandbox.js';
import { SandboxClient } from '../sandbox-client.js';
import { createSigningKey } from './token-authority.js';

const SCOPE = 'https://graph.microsoft.com/.default';
let sandbox: GraphSandbox;
let client: SandboxClient;

beforeAll(async () => {
  sandbox = await startGraphSandbox({ permissions: ['User.Read.All'] });
  client = new SandboxClient(sandbox);
});
afterAll(async () => {
  client.close();
  await sandbox.stop();
});

const withSecret = (values: Record<string, string> = {}, url?: string) =>
  client.grant({ grant_type: 'client_credentials', client_secret: sandbox.clientSecret, scope: SCOPE, ...values }, url);

describe('client credentials with a secret', () => {
  it('give a bearer token that Graph answers to', async () => {
    const { status, body } = await withSecret();
    expect([status, body.token_type, body.expires_in]).toEqual([200, 'Bearer', 3599]);
    expect((await client.call('GET', '/users', { token: body.access_token })).status).toBe(200);
  });

  it.each([
    [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000215, /Invalid client secret provided/],
    [
      { client_id: 'e1b7a6f0-0000-4000-8000-000000000000' },
      400,
      'unauthorized_client',
      700016,
      /was not found in the directory/,
    ],
    [{ client_secret: '' }, 401, 'invalid_client', 7000218, /'client_assertion' or 'client_secret'/],
    [{ scope: 'User.Read' }, 400, 'invalid_scope', 1002012, /must have a scope value with \/\.default/],
    [{ scope: 'https://vault.azure.net/.default' }, 400, 'invalid_resource', 500011, /resource principal named/],
    [{ scope: '' }, 400, 'invalid_request', 900144, /'scope'/],
    [{ grant_type: 'magic' }, 400, 'unsupported_grant_type', 70003, /'magic'/],
  ])('with %j are answered %i %s, AADSTS%i', async (values, status, error, number, message) => {
    const answer = await withSecret(values as Record<string, string>);
    expect(answer.status).toBe(status);
    expect(answer.body).toMatchObject({
      error,
      error_codes: [number],
      error_description: expect.stringMatching(message),
      timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
      trace_id: expect.any(String),
      correlation_id: expect.any(String),
      error_uri: expect.stringContaining(`error?code=${number}`),
    });
    expect(answer.body.error_description).toContain(`AADSTS${number}: `);
  });

  it.each([
    ['0b6a0f6e-0000-4000-8000-000000000000', 90002],
    ['nowhere.example', 90002],
    ['nonsense', 900023],
  ])('are refused for the tenant %s with AADSTS%i', async (tenant, number) => {
    const { status, body } = await withSecret({}, `${sandbox.baseUrl}/${tenant}/oauth2/v2.0/token`);
    expect([status, body.error_codes]).toEqual([400, [number]]);
  });
});

describe('client credentials with a certificate', () => {
  let key: string;
  let thumbprint: string;
  const assertion = (claims: Record<string, unknown> = {}, header: Record<string, unknown> = {}, signingKey = key) => {
    const now = Math.floor(Date.now() / 1000);
    const body = {
      aud: sandbox.tokenUrl,
      iss: sandbox.clientId,
      sub: sandbox.clientId,
      jti: 'x',
      nbf: now,
      exp: now + 300,
      ...claims,
    };
    return new SignJWT(body)
      .setProtectedHeader({ alg: 'RS256', 'x5t#S256': thumbprint, ...header })
      .sign(createPrivateKey(signingKey));
  };
  const withAssertion = async (client_assertion: string) =>
    client.grant({
      grant_type: 'client_credentials',
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion,
      scope: SCOPE,
    });

  beforeAll(async () => {
    const { generate } = await import('selfsigned');
    const made = await generate([{ name: 'commonName', value: 'tenure' }], { keySize: 2048 });
    key = made.private;
    thumbprint = createHash('sha256').update(new X509Certificate(made.cert).raw).digest('base64url');
    sandbox.admin.registerCertificate(made.cert);
  });

  it.each(['RS256', 'PS256'])('signed with %s give a token', async (alg) => {
    const { status, body } = await withAssertion(await assertion({}, { alg }));
    expect(status).toBe(200);
    expect((await client.call('GET', '/users', { token: body.access_token })).status).toBe(200);
  });

  it('are refused when forged, expired, meant for somebody else or of an unknown certificate', async () => {
    const past = Math.floor(Date.now() / 1000) - 600;
    const cases: [string, number][] = [
      [await assertion({}, {}, await createSigningKey()), 700027],
      [await assertion({ nbf: past - 60, exp: past }), 700024],
      [await assertion({ aud: 'https://elsewhere.example' }), 700023],
      [await assertion({ iss: 'other', sub: 'other' }), 700021],
      [
        await assertion(
          {},
          {
            'x5t#S256': createHash('sha256')
              .update((await createServerCertificate()).cert)
              .digest('base64url'),
          },
        ),
        700027,
      ],
      ['not.a.token', 50027],
    ];
    for (const [token, number] of cases) {
      const { status, body } = await withAssertion(token);
      expect([status, body.error, body.error_codes]).toEqual([401, 'invalid_client', [number]]);
    }
  });
});

describe('Graph', () => {
  it.each([
    ['no token', null, 'Access token is empty.'],
    ['no JWT', 'abc', 'IDX14100: JWT is not well formed, there are no dots (.).'],
    [
      'a forged token',
      'eyJhbGciOiJub25lIn0.eyJhdWQiOiJ4In0.c2ln',
      'Access token validation failure. Signature is invalid.',
    ],
  ])('refuses %s', async (_, token, message) => {
    const { status, body, headers } = await client.call('GET', '/users', { token });
    expect([status, body.error.code, body.error.message]).toEqual([401, 'InvalidAuthenticationToken', message]);
    expect(headers['www-authenticate']).toContain('Bearer');
  });

  it('refuses a token once it has expired', async () => {
    const short = await startGraphSandbox({ tokenLifetimeSeconds: 1 });
    const caller = new SandboxClient(short);
    expect((await caller.call('GET', '/users')).status).toBe(200);
    const message = async () => (await caller.call('GET', '/users')).body.error?.message;
    for (let tries = 0; tries < 400 && (await message()) === undefined; tries++)
      await new Promise((done) => setTimeout(done, 10));
    expect(await message()).toBe('Lifetime validation failed, the token is expired.');
    caller.close();
    await short.stop();
  });

  it('refuses the tokens of before when they are made to expire, and takes new ones', async () => {
    expect((await client.call('GET', '/users')).status).toBe(200);
    sandbox.admin.expireAccessTokens();
    expect((await client.call('GET', '/users')).body.error.message).toMatch(/the token is expired/);
    client.forgetToken();
    expect((await client.call('GET', '/users')).status).toBe(200);
  });

  it('refuses a token of a person, which carries no app permission', async () => {
    sandbox.admin.createUser(
      { displayName: 'A', mailNickname: 'a', userPrincipalName: 'a@tenure.example' },
      'xWwvJ]6NMw+bWH-d',
    );
    const { body } = await client.grant({
      grant_type: 'password',
      username: 'a@tenure.example',
      password: 'xWwvJ]6NMw+bWH-d',
    });
    const answer = await client.call('GET', '/users', { token: body.access_token });
    expect([answer.status, answer.body.error.code]).toEqual([401, 'InvalidAuthenticationToken']);
  });
});
