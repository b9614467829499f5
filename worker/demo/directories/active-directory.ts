import type { Part } from '../../service/part.js';

/** How to reach an Active Directory as its administrator. */
export interface ActiveDirectoryAccess {
  /** ldaps://… */
  url: string;
  /** PEM of the certificate authority that vouches for it. */
  ca: string;
  baseDn: string;
  adminDn: string;
  adminPassword: string;
}

/** The demo's Active Directory: a part to start, and the way in once it runs. */
export interface DemoActiveDirectory {
  part: Part;
  /** What it really is, in one line. */
  nature: string;
  /** @throws Error before it has started */
  access(): ActiveDirectoryAccess;
}
