import type { Account, AccountDraft } from '../contract/account.js';
import type { ConnectorKind, DirectoryConfiguration } from '../contract/connector-factory.js';

/** A person whom the suite makes up. No two of them share a `key`; two share a `login` only where that is the point. */
export interface SamplePerson {
  /** HR's id, the correlation value. */
  key: string;
  /** What the unique names are made of: lower-case ASCII letters, digits and dots, at most 16 characters. */
  login: string;
  displayName: string;
  enabled: boolean;
}

/** A group that the suite uses. */
export interface SampleGroup {
  id: string;
  /** Every reference by which `findGroup` must find it: the DN, the id, its unique name. */
  references: string[];
}

/** A way around the connector to see what really stands in the directory. Each member is optional. */
export interface Probe {
  /** How many accounts, live ones only, bear that correlation value. */
  count?(key: string): Promise<number>;
  /** Whether the account can sign in with that password. */
  signIn?(account: Account, password: string): Promise<boolean>;
  /** Whether the account's sessions were ended after the given time. */
  sessionsEnded?(account: Account, since: Date): Promise<boolean>;
}

/** A directory that runs, and what the suite must know of it. */
export interface StartedDirectory {
  configuration: DirectoryConfiguration;
  /** The same directory with a secret that it refuses. */
  wrongSecret: DirectoryConfiguration;
  /** Settings that are right in form and lead to nothing that answers. */
  unreachable: DirectoryConfiguration;
  /** Settings that `connect` refuses, and a piece of text that its message must contain. */
  misconfigured: { settings: unknown; secrets?: Record<string, string>; names: string }[];
  /** What a mapping would give for that person. It must set every unique name of the directory. */
  draft(person: SamplePerson): AccountDraft;
  attributes: {
    /** Holds a person's display name, whatever the characters; 300 characters are too many. */
    displayName: string;
    /** Two free-text attributes with one value. */
    text: [string, string];
    /** An attribute with several values, and three values it takes. */
    multiple?: { name: string; values: [string, string, string] };
    /** A name that the directory does not know. */
    unknown: string;
  };
  /** In directories that have places: one that exists beside the drafts' own, and one that does not. */
  containers?: { other: string; missing: string };
  groups?: {
    /** A group with no members. */
    one: SampleGroup;
    another: SampleGroup;
    /** A name that two groups bear. */
    ambiguous: string;
  };
  passwords?: { strong: [string, string]; weak: string };
  probe: Probe;
  stop(): Promise<void>;
}

/** What a connector's spec gives the suite. */
export interface ConnectorHarness {
  kind: ConnectorKind;
  start(): Promise<StartedDirectory>;
  /** How long the directory may take until it shows what was written, in milliseconds; 0 if it shows it at once. */
  settlesWithinMs?: number;
}
