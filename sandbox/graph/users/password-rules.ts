import { badRequest } from '../http/graph-error.js';

const MIN_LENGTH = 8;
const MAX_LENGTH = 256;
const CLASSES = [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z\d]/];
const CLASSES_NEEDED = 3;
/** A few of the terms that Entra's global banned list is known to hold; a password that is little more than one is weak. */
const BANNED = ['password', 'contoso', 'welcome', 'qwerty', 'letmein'];
const LETTERS: Record<string, string> = { '@': 'a', '0': 'o', '1': 'l', $: 's', '3': 'e' };

/**
 * Refuses what Entra's cloud password policy refuses: shorter than 8 or longer than 256, fewer than three kinds of
 * characters, the user's own name in it, or a banned term with little around it ("Microsoft Entra password policies").
 * @param policies the user's `passwordPolicies`; `DisableStrongPassword` lifts all but the length
 */
export function checkPassword(password: string, userPrincipalName: string, policies: unknown): void {
  const strong = !String(policies ?? '').includes('DisableStrongPassword');
  const long = password.length >= MIN_LENGTH && password.length <= MAX_LENGTH;
  if (long && (!strong || isStrong(password, userPrincipalName))) return;
  const message =
    'The specified password does not comply with password complexity requirements. Please provide a different password.';
  throw badRequest(message, [{ code: 'GenericError', message, target: 'password' }]);
}

function isStrong(password: string, userPrincipalName: string): boolean {
  const classes = CLASSES.filter((kind) => kind.test(password)).length;
  const name = userPrincipalName.split('@')[0]?.toLowerCase() ?? '';
  const hasName = name.length >= 4 && password.toLowerCase().includes(name);
  return classes >= CLASSES_NEEDED && !hasName && score(password) >= 5;
}

/** Points as Entra counts them: one for a banned term, one for each other character. */
function score(password: string): number {
  let rest = password.toLowerCase().replace(/[@01$3]/g, (letter) => LETTERS[letter] ?? letter);
  let points = 0;
  for (const term of BANNED) {
    if (rest.includes(term)) {
      rest = rest.replace(term, '');
      points++;
    }
  }
  return points + rest.length;
}
