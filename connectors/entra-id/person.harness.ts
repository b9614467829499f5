import type { AccountDraft } from '../contract/account.js';
import { ConnectorError } from '../contract/connector-error.js';

let people = 0;

/** A draft for somebody new in the tenant of a spec. */
export function somebody(over: Partial<AccountDraft> = {}): AccountDraft {
  const number = ++people;
  const key = `hr-${String(number).padStart(5, '0')}`;
  return {
    correlation: { attribute: 'employeeId', value: key },
    attributes: { displayName: `Person ${number}`, department: 'Sales' },
    unique: [{ attribute: 'userPrincipalName', base: `person.${number}@tenure.example`, maxLength: 64 }],
    enabled: true,
    ...over,
  };
}

/** Repeats what fails for a passing reason, as a workflow would, up to a hundred times. Gives the number of failures. */
export async function persistently<T>(act: () => Promise<T>): Promise<{ result: T; failures: ConnectorError[] }> {
  const failures: ConnectorError[] = [];
  for (;;) {
    try {
      return { result: await act(), failures };
    } catch (error) {
      const passing = error instanceof ConnectorError && /^(transient|throttled)$/.test(error.category);
      if (!passing || failures.length >= 100) throw error;
      failures.push(error);
    }
  }
}
