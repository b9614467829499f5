import { FirstTables1763900000000 } from './1763900000000-first-tables.js';

/** Every migration, oldest first. */
export const MIGRATIONS = [FirstTables1763900000000];
