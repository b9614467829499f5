import type {
  AnyConnector,
  Capabilities,
  Connector,
  GroupConnector,
  ManagerConnector,
  PasswordConnector,
  RecycleBinConnector,
  SessionConnector,
} from '../contract/connector.js';
import type { ConnectorKind, DirectoryConfiguration } from '../contract/connector-factory.js';
import { Accounts, accountOf } from './accounts.js';
import { Changes } from './changes.js';
import { Checks } from './checks.js';
import { Creation } from './creation.js';
import { Graph } from './graph.js';
import { Groups } from './groups.js';
import { Hybrid } from './hybrid.js';
import { Managers } from './managers.js';
import { ENTRA_ID_PASSWORD_RULES, Passwords } from './passwords.js';
import { RecycleBin } from './recycle-bin.js';
import { Sessions } from './sessions.js';
import { readConfiguration } from './settings.js';
import { Tokens } from './tokens.js';
import { Transport } from './transport.js';

const CAPABILITIES: Capabilities = { groups: true, passwords: true, sessions: true, managers: true, recycleBin: true };

/** What is left to do in the cloud where Active Directory owns the accounts. */
const HYBRID_CAPABILITIES: Capabilities = { ...CAPABILITIES, passwords: false, managers: false, recycleBin: false };

/** Microsoft Entra ID through Microsoft Graph v1.0. Secrets: `clientSecret`, or `certificate` and `privateKey` (PEM). */
export const entraId: ConnectorKind = { kind: 'entra-id', capabilities: CAPABILITIES, connect };

/** Puts the parts together; each does one kind of thing for one tenant. */
function connect(configuration: DirectoryConfiguration): AnyConnector {
  const { settings, credential } = readConfiguration(configuration);
  const transport = new Transport(settings);
  const tokens = new Tokens(settings, credential, transport);
  const graph = new Graph(settings, tokens, transport);
  const accounts = new Accounts(graph);
  const creation = settings.hybrid ? new Hybrid(accounts) : new Creation(graph, accounts, settings);
  const sessions = new Sessions(graph, accounts);
  const changes = new Changes(graph, accounts, sessions);
  const groups = new Groups(graph, accounts);
  const checks = new Checks(graph, tokens, settings, credential);

  const everywhere: Connector & GroupConnector & SessionConnector = {
    capabilities: () => (settings.hybrid ? HYBRID_CAPABILITIES : CAPABILITIES),
    check: (op) => checks.run(op),
    find: async (op, key) => {
      const user = await accounts.find(op, key);
      return user && accountOf(user);
    },
    read: async (op, id) => {
      const user = await accounts.read(op, id);
      return user && accountOf(user);
    },
    create: (op, draft) => creation.create(op, draft),
    apply: (op, id, delta) => changes.apply(op, id, delta),
    remove: (op, id) => changes.remove(op, id),
    findGroup: (op, reference) => groups.find(op, reference),
    memberships: (op, id) => groups.memberships(op, id),
    addMember: (op, groupId, id) => groups.add(op, groupId, id),
    removeMember: (op, groupId, id) => groups.remove(op, groupId, id),
    revokeSessions: (op, id) => sessions.revoke(op, id),
    close: async () => transport.close(),
  };
  return settings.hybrid ? everywhere : { ...everywhere, ...cloudOnly(graph, accounts) };
}

function cloudOnly(graph: Graph, accounts: Accounts): PasswordConnector & ManagerConnector & RecycleBinConnector {
  const passwords = new Passwords(graph, accounts);
  const managers = new Managers(graph, accounts);
  const recycleBin = new RecycleBin(graph, accounts);
  return {
    passwordRules: async () => ENTRA_ID_PASSWORD_RULES,
    setPassword: (op, id, password) => passwords.set(op, id, password),
    scramblePassword: (op, id) => passwords.scramble(op, id),
    manager: (op, id) => managers.manager(op, id),
    setManager: (op, id, manager) => managers.set(op, id, manager),
    findRemoved: (op, key) => recycleBin.find(op, key),
    restore: (op, id) => recycleBin.restore(op, id),
  };
}
