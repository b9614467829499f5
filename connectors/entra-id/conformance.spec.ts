import { startDescribedSandbox } from '../../sandbox/graph/openapi/described-sandbox.js';
import { describeConnector } from '../conformance/describe-connector.js';
import type { StartedDirectory } from '../conformance/harness.js';
import { configurationFor } from './configuration.harness.js';
import { entraId } from './index.js';

describeConnector('Entra ID', {
  kind: entraId,
  start: async (): Promise<StartedDirectory> => {
    // Holds every exchange of the suite against Microsoft's OpenAPI description when it stops.
    const { sandbox, client, stop } = await startDescribedSandbox({ domains: ['tenure.example'] });
    const group = (name: string) => {
      const { id } = sandbox.admin.createGroup(name);
      return { id, references: [id, id.toUpperCase(), name] };
    };
    sandbox.admin.createGroup('Twins');
    // The administrator makes a name once; the values on top give it to a second group.
    sandbox.admin.createGroup('Another', { displayName: 'Twins' });
    const configuration = configurationFor(sandbox);
    return {
      configuration,
      wrongSecret: { ...configuration, secrets: { clientSecret: 'not-the-secret-of-this-app' } },
      unreachable: configurationFor({ ...sandbox, baseUrl: 'https://127.0.0.1:9' }),
      misconfigured: [
        { settings: { ...(configuration.settings as object), tenantId: '' }, names: 'tenantId' },
        { settings: { ...(configuration.settings as object), graphUrl: 'http://graph' }, names: 'graphUrl' },
        { settings: configuration.settings, secrets: {}, names: 'clientSecret' },
      ],
      draft: (person) => ({
        correlation: { attribute: 'employeeId', value: person.key },
        attributes: { employeeId: person.key, displayName: person.displayName },
        unique: [{ attribute: 'userPrincipalName', base: `${person.login}@tenure.example`, maxLength: 64 }],
        enabled: person.enabled,
      }),
      attributes: {
        displayName: 'displayName',
        text: ['department', 'jobTitle'],
        multiple: { name: 'otherMails', values: ['a@home.example', 'b@home.example', 'c@home.example'] },
        unknown: 'favouriteColour',
      },
      groups: { one: group('Staff'), another: group('Engineering'), ambiguous: 'Twins' },
      passwords: { strong: ['Correct-horse-7-staple', 'Battery_9_towards-sun'], weak: 'letmein' },
      probe: {
        count: async (key) => sandbox.admin.users().filter((user) => user.properties.employeeId === key).length,
        signIn: async (account, password) => {
          const form = { grant_type: 'password', username: account.name, password, scope: 'openid' };
          return (await client.grant(form)).status === 200;
        },
        sessionsEnded: async (account, since) => {
          const ended = sandbox.admin.user(account.id)?.properties.signInSessionsValidFromDateTime;
          // The directory keeps whole seconds.
          return Date.parse(String(ended)) >= Math.floor(since.getTime() / 1000) * 1000;
        },
      },
      stop,
    };
  },
});
