import { FirstTables1763900000000 } from './1763900000000-first-tables.js';
import { PasswordRequests1763900100000 } from './1763900100000-password-requests.js';
import { Unfinished1763900200000 } from './1763900200000-unfinished.js';

/** Every migration, oldest first. */
export const MIGRATIONS = [FirstTables1763900000000, PasswordRequests1763900100000, Unfinished1763900200000];
