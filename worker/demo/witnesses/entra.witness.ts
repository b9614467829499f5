import { Agent, request } from 'node:https';
import type { GraphAccess } from '../directories/graph-sandbox-part.js';

/** An account as Graph shows it. */
export interface EntraAccount {
  personId: string;
  id: string;
  enabled: boolean;
  displayName: string;
  userPrincipalName: string;
  /** HR's id of the manager. */
  manager?: string;
  /** Display names. */
  groups: string[];
}

interface GraphUser {
  id: string;
  employeeId: string | null;
  accountEnabled: boolean;
  displayName: string;
  userPrincipalName: string;
  manager?: { employeeId: string };
}

interface Answer {
  status: number;
  body: Record<string, unknown>;
}

/** Looks into the tenant through Graph, with a token of its own. */
export class EntraWitness {
  private agent?: Agent;
  private token?: string;

  constructor(private readonly access: () => GraphAccess) {}

  /** Every account of a person, by HR's id. */
  async accounts(): Promise<Map<string, EntraAccount>> {
    const users = await this.list<GraphUser>(
      '/users?$select=id,employeeId,accountEnabled,displayName,userPrincipalName&$expand=manager($select=employeeId)&$top=999',
    );
    const groups = await this.groupsByMember();
    const accounts = users.flatMap(({ employeeId, accountEnabled, manager, ...user }) => {
      if (employeeId === null) return [];
      const { id, displayName, userPrincipalName } = user;
      const names = { displayName, userPrincipalName, manager: manager?.employeeId, groups: groups.get(id) ?? [] };
      return [{ personId: employeeId, id, enabled: accountEnabled, ...names }];
    });
    return new Map(accounts.map((account) => [account.personId, account]));
  }

  /** Signs in as a person does; a refusal comes as Entra ID words it. */
  async signIn(username: string, password: string): Promise<{ ok: boolean; refusal?: string }> {
    const { status, body } = await this.grant({ grant_type: 'password', username, password, scope: 'openid' });
    if (status === 200) return { ok: true };
    return { ok: false, refusal: String(body.error_description ?? body.error).split('\n')[0] };
  }

  /** Switches an outage on or off: connections are refused. */
  async outage(on: boolean): Promise<void> {
    const answer = await fetch(`${this.access().controlUrl}/__sandbox/faults`, {
      method: 'PUT',
      body: JSON.stringify({ outage: on ? 'refuse' : null }),
    });
    if (!answer.ok) throw new Error(`The Graph sandbox did not switch its outage: ${await answer.text()}`);
  }

  close(): void {
    this.agent?.destroy();
  }

  private async groupsByMember(): Promise<Map<string, string[]>> {
    const groups = await this.list<{ id: string; displayName: string }>('/groups?$select=id,displayName');
    const byMember = new Map<string, string[]>();
    const read = async (group: { id: string; displayName: string }): Promise<void> => {
      for (const { id } of await this.list<{ id: string }>(`/groups/${group.id}/members?$select=id&$top=999`)) {
        byMember.set(id, [...(byMember.get(id) ?? []), group.displayName]);
      }
    };
    await Promise.all(groups.map(read));
    return byMember;
  }

  private async list<T>(path: string): Promise<T[]> {
    const found: T[] = [];
    let next: string | undefined = `${this.access().baseUrl}/v1.0${path}`;
    while (next) {
      const { status, body } = await this.send('GET', next, { authorization: `Bearer ${await this.appToken()}` });
      if (status !== 200) throw new Error(`Graph answered ${status} to ${path}: ${JSON.stringify(body.error)}`);
      found.push(...(body.value as T[]));
      next = body['@odata.nextLink'] as string | undefined;
    }
    return found;
  }

  private async appToken(): Promise<string> {
    if (!this.token) {
      const form = { grant_type: 'client_credentials', scope: 'https://graph.microsoft.com/.default' };
      const { status, body } = await this.grant(form);
      if (status !== 200) throw new Error(`No token for Graph: ${body.error_description}`);
      this.token = String(body.access_token);
    }
    return this.token;
  }

  private grant(form: Record<string, string>): Promise<Answer> {
    const { baseUrl, tenantId, clientId, clientSecret } = this.access();
    const body = new URLSearchParams({ client_id: clientId, client_secret: clientSecret, ...form }).toString();
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.send('POST', `${baseUrl}/${tenantId}/oauth2/v2.0/token`, headers, body);
  }

  /** Not `fetch`, which trusts no authority that is given to a single call. */
  private send(method: string, url: string, headers: Record<string, string>, body?: string): Promise<Answer> {
    this.agent ??= new Agent({ ca: this.access().ca, keepAlive: true });
    const { agent } = this;
    return new Promise((resolve, reject) => {
      const outgoing = request(url, { method, headers, agent, timeout: 10_000 }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          resolve({ status: incoming.statusCode ?? 0, body: text === '' ? {} : JSON.parse(text) });
        });
      });
      outgoing.on('timeout', () => outgoing.destroy(new Error('Graph did not answer within 10 s.')));
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}
