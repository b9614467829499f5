import { brokenRules, mergeRules, ruleSentences } from '../../domain/password/password-check.js';
import type { PasswordRules } from '../../domain/password/password-rules.js';
import { ACCEPTED_SCORE, passwordStrength } from '../../domain/password/password-strength.js';
import type { Attributes } from '../../domain/person/attributes.js';
import type { PasswordTarget } from '../../persistence/activation.repository.js';
import type { PersonEntity } from '../../persistence/entities/person.entity.js';

/** Asked of a password for a directory that has not said yet what it demands: stricter than most. */
const UNKNOWN_RULES: PasswordRules = { minLength: 12, complex: true, history: 0 };

/** Longer than any directory takes, short enough to be checked at once. */
export const LONGEST_PASSWORD = 256;

/** The rules of all directories as one. */
function rulesOf(targets: readonly PasswordTarget[]): PasswordRules & { maxLength: number } {
  const rules = mergeRules(targets.map((target) => target.rules ?? UNKNOWN_RULES));
  return { ...rules, maxLength: Math.min(rules.maxLength ?? LONGEST_PASSWORD, LONGEST_PASSWORD) };
}

/** What the page tells of the rules, and of the name to sign in with. */
export function pageRules(targets: readonly PasswordTarget[]) {
  const rules = rulesOf(targets);
  // Our own limit is no rule that anybody needs to read.
  const told = { ...rules, maxLength: rules.maxLength === LONGEST_PASSWORD ? undefined : rules.maxLength };
  const [signInName] = targets.flatMap(({ attributes }) => texts(attributes, 'userPrincipalName', 'sAMAccountName'));
  return { rules: ruleSentences(told), minLength: rules.minLength, maxLength: rules.maxLength, signInName };
}

/** What is wrong with a password, as sentences that hold nothing of it; empty when it is good. */
export function passwordProblems(
  password: string,
  confirmation: string,
  person: Pick<PersonEntity, 'personId' | 'displayName' | 'attributes'>,
  targets: readonly PasswordTarget[],
): string[] {
  const logonNames = targets.flatMap(({ attributes }) => [
    ...texts(attributes, 'sAMAccountName', 'uid'),
    ...texts(attributes, 'userPrincipalName').map((name) => name.split('@')[0] ?? name),
  ]);
  const displayNames = [
    ...texts(person.attributes, 'displayName', 'givenName', 'familyName'),
    ...targets.flatMap(({ attributes }) => texts(attributes, 'displayName')),
    ...(person.displayName ? [person.displayName] : []),
  ];
  const broken = brokenRules(password, rulesOf(targets), { logonNames, displayNames });
  if (broken.length > 0) return broken;
  const personal = [...logonNames, ...displayNames, person.personId, ...texts(person.attributes, 'personalMail')];
  const { score, advice } = passwordStrength(password, personal);
  if (score < ACCEPTED_SCORE) return ['It is too easy to guess.', ...advice];
  return password === confirmation ? [] : ['The two fields differ: write the same password into both.'];
}

function texts(attributes: Attributes, ...names: string[]): string[] {
  return names.map((name) => attributes[name]).filter((value): value is string => typeof value === 'string');
}
