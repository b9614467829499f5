import type { CheckItem, Op } from '../contract/connector.js';
import { ConnectorError } from '../contract/connector-error.js';
import type { BatchOutcome, Graph, GraphCall } from './graph.js';
import type { AppCredential, EntraIdSettings } from './settings.js';
import { claimsOf, type Tokens } from './tokens.js';

/** A right that the connector uses, and the larger permissions that include it. */
interface NeededPermission {
  permission: string;
  for: string;
  includedIn: string[];
  optional?: boolean;
}

/** Application permissions, least first (https://learn.microsoft.com/graph/permissions-reference). */
const NEEDED: NeededPermission[] = [
  {
    permission: 'User.Read.All',
    for: 'finding accounts',
    includedIn: ['User.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
  },
  {
    permission: 'User.ReadWrite.All',
    for: 'creating, changing, disabling, deleting and restoring accounts',
    includedIn: ['Directory.ReadWrite.All'],
  },
  {
    permission: 'GroupMember.Read.All',
    for: 'finding groups',
    includedIn: [
      'GroupMember.ReadWrite.All',
      'Group.Read.All',
      'Group.ReadWrite.All',
      'Directory.Read.All',
      'Directory.ReadWrite.All',
    ],
  },
  {
    permission: 'GroupMember.ReadWrite.All',
    for: 'putting accounts into groups',
    includedIn: ['Group.ReadWrite.All', 'Directory.ReadWrite.All'],
  },
  {
    permission: 'User.RevokeSessions.All',
    for: 'ending sessions of leavers',
    includedIn: ['User.ReadWrite.All', 'Directory.ReadWrite.All'],
  },
  {
    permission: 'User-PasswordProfile.ReadWrite.All',
    for: 'setting passwords',
    includedIn: [],
    optional: true,
  },
  {
    permission: 'Organization.Read.All',
    for: 'checking the domain and Entra Connect',
    includedIn: ['Organization.ReadWrite.All', 'Directory.Read.All', 'Directory.ReadWrite.All'],
    optional: true,
  },
];

interface Organisation {
  id: string;
  displayName?: string;
  onPremisesSyncEnabled?: boolean | null;
  onPremisesLastSyncDateTime?: string | null;
  verifiedDomains?: { name: string }[];
}

/** *Verify Credentials*: sign-in, tenant, each permission, and whether users and groups can really be read. */
export class Checks {
  constructor(
    private readonly graph: Graph,
    private readonly tokens: Tokens,
    private readonly settings: EntraIdSettings,
    private readonly credential: AppCredential,
  ) {}

  async run(op: Op): Promise<CheckItem[]> {
    let token: string;
    try {
      token = await this.tokens.get();
    } catch (error) {
      return [...this.certificate(), { name: 'Sign-in', ok: false, message: sentence(error) }];
    }
    const roles = claimsOf(token)?.roles ?? [];
    const signIn = { name: 'Sign-in', ok: true, message: `The app ${this.settings.clientId} has a token.` };
    const probes = await this.probe(op);
    return [...this.certificate(), signIn, ...NEEDED.map((needed) => permissionItem(needed, roles)), ...probes];
  }

  private async probe(op: Op): Promise<CheckItem[]> {
    const [users, groups, tenant] = PROBES;
    try {
      const outcomes = await this.graph.batch(op, [users, groups, tenant]);
      return [
        readItem('Read users', outcomes[0]),
        readItem('Read groups', outcomes[1]),
        ...this.tenantItems(outcomes[2]),
      ];
    } catch (error) {
      return [{ name: 'Microsoft Graph', ok: false, message: sentence(error) }];
    }
  }

  private tenantItems(outcome: BatchOutcome | undefined): CheckItem[] {
    if (!outcome?.ok) return [{ ...readItem('Tenant', outcome), optional: true }];
    const [tenant] = (outcome.body as { value: Organisation[] }).value;
    if (!tenant) return [{ name: 'Tenant', ok: false, optional: true, message: 'Graph shows no tenant.' }];
    const items: CheckItem[] = [
      { name: 'Tenant', ok: true, optional: true, message: `${tenant.displayName ?? 'Tenant'} (${tenant.id}).` },
    ];
    const { domain, hybrid } = this.settings;
    if (domain !== undefined) {
      const domains = (tenant.verifiedDomains ?? []).map((one) => one.name.toLowerCase());
      const ok = domains.includes(domain.toLowerCase());
      const message = ok
        ? `${domain} is a verified domain of the tenant.`
        : `${domain} is no verified domain of the tenant. Set domain to one of ${domains.join(', ')}.`;
      items.push({ name: 'Domain', ok, message });
    }
    if (hybrid) {
      const ok = tenant.onPremisesSyncEnabled === true;
      const message = ok
        ? `Entra Connect last synchronised at ${tenant.onPremisesLastSyncDateTime ?? 'an unknown time'}.`
        : 'Entra Connect does not synchronise this tenant, so accounts will be awaited in vain. Set it up, or turn the setting hybrid off.';
      items.push({ name: 'Entra Connect', ok, message });
    }
    return items;
  }

  private certificate(): CheckItem[] {
    if (this.credential.kind !== 'certificate') return [];
    const { validFrom, validTo } = this.credential.certificate;
    const ok = Date.parse(validFrom) <= Date.now() && Date.now() < Date.parse(validTo);
    const cure = ok
      ? ''
      : ' Make a new one, upload it in the app registration and put it into certificate and privateKey.';
    return [{ name: 'Certificate', ok, message: `The app's certificate is valid until ${validTo}.${cure}` }];
  }
}

const doing = (what: string, permission: string) => ({ method: 'GET', what, permission }) as const;
const PROBES: [GraphCall, GraphCall, GraphCall] = [
  { path: '/users', select: ['id'], top: 1, ...doing('read users', 'User.Read.All') },
  { path: '/groups', select: ['id'], top: 1, ...doing('read groups', 'GroupMember.Read.All') },
  {
    path: '/organization',
    select: ['id', 'displayName', 'verifiedDomains', 'onPremisesSyncEnabled', 'onPremisesLastSyncDateTime'],
    ...doing('read the tenant', 'Organization.Read.All'),
  },
];

function permissionItem(needed: NeededPermission, roles: string[]): CheckItem {
  const ok = [needed.permission, ...needed.includedIn].some((role) => roles.includes(role));
  const message = ok
    ? `Granted for ${needed.for}.`
    : `Missing for ${needed.for}. Grant the app the application permission ${needed.permission} with admin consent.`;
  return { name: needed.permission, ok, message, ...(needed.optional ? { optional: true } : {}) };
}

function readItem(name: string, outcome: BatchOutcome | undefined): CheckItem {
  if (outcome?.ok) return { name, ok: true, message: 'Works.' };
  return { name, ok: false, message: outcome ? sentence(outcome.error) : 'Graph did not answer.' };
}

function sentence(error: unknown): string {
  if (error instanceof ConnectorError) return error.message;
  throw error;
}
