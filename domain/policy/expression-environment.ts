import { Environment } from '@marcbachmann/cel-js';
import { escapeDnValue } from '../mapping/distinguished-name.js';
import { coalesce } from './coalesce.js';
import { ascii, initials, join, matchesRe2, replace, slug, substring } from './text-functions.js';

/** Most of an expression, so that a policy can neither hang nor fill the memory of whoever checks it. */
const LIMITS = { maxAstNodes: 400, maxDepth: 24, maxListElements: 100, maxMapEntries: 20, maxCallArguments: 8 };

/** A language without clock, randomness and reach: the same person gives the same value, everywhere. */
function makeEnvironment(): Environment {
  return new Environment({ limits: LIMITS, homogeneousAggregateLiterals: false })
    .registerVariable('person', 'map<string, dyn>')
    .registerFunction('lower(string): string', (text: string) => text.toLowerCase())
    .registerFunction('upper(string): string', (text: string) => text.toUpperCase())
    .registerFunction('trim(string): string', (text: string) => text.trim())
    .registerFunction('ascii(string): string', ascii)
    .registerFunction('slug(string): string', slug)
    .registerFunction('dn(string): string', escapeDnValue)
    .registerFunction('initials(string): string', initials)
    .registerFunction('substring(string, int): string', substring)
    .registerFunction('substring(string, int, int): string', substring)
    .registerFunction('replace(string, string, string): string', replace)
    .registerFunction('join(list, string): string', join)
    .registerFunction('matchesRe2(string, string): bool', matchesRe2)
    .registerFunction('coalesce(ast, ast): dyn', coalesce)
    .registerFunction('coalesce(ast, ast, ast): dyn', coalesce)
    .registerFunction('coalesce(ast, ast, ast, ast): dyn', coalesce);
}

/** For conditions and whatever else follows from the person alone. */
export const PERSON_ENVIRONMENT = makeEnvironment();

/** For mappings, which may also read the accounts of directories that come before. */
export const MAPPING_ENVIRONMENT = makeEnvironment().registerVariable('accounts', 'map<string, map<string, dyn>>');
