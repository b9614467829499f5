import { stringify } from 'yaml';
import type { ActiveDirectoryAccess } from './active-directory.js';
import { CORP_AD, DOMAIN, ENTRA, GROUPS_OU, PEOPLE_OU } from './demo-domain.js';
import type { GraphAccess } from './graph-sandbox-part.js';

/** The text of `directories.yaml`, and the environment in which its secrets stand. */
export function directoriesYaml(
  ad: ActiveDirectoryAccess,
  graph: GraphAccess,
): { text: string; secrets: Record<string, string> } {
  const directories = [
    {
      name: CORP_AD,
      kind: 'active-directory',
      settings: {
        urls: [ad.url],
        ca: ad.ca,
        bindDn: ad.adminDn,
        baseDn: ad.baseDn,
        container: PEOPLE_OU,
        groupBaseDn: GROUPS_OU,
        operationTimeoutMs: 10_000,
      },
      secrets: { password: { env: 'DEMO_AD_PASSWORD' } },
    },
    {
      name: ENTRA,
      kind: 'entra-id',
      settings: {
        tenantId: graph.tenantId,
        clientId: graph.clientId,
        authorityUrl: graph.baseUrl,
        graphUrl: graph.baseUrl,
        scope: 'https://graph.microsoft.com/.default',
        ca: graph.ca,
        domain: DOMAIN,
      },
      secrets: { clientSecret: { env: 'DEMO_ENTRA_SECRET' } },
    },
  ];
  return {
    text: `# Written by the demo at every start.\n${stringify({ directories })}`,
    secrets: { DEMO_AD_PASSWORD: ad.adminPassword, DEMO_ENTRA_SECRET: graph.clientSecret },
  };
}
