import { parseDn } from '../../domain/mapping/distinguished-name.js';
import { ConnectorError } from '../contract/connector-error.js';
import { isWithin } from './distinguished-names.js';
import type { Session } from './session.js';
import type { LdapSettings } from './settings.js';

/** The container if accounts in it would be found again; otherwise throws `misconfigured`. */
export function checkContainer({ directory, baseDn }: LdapSettings, container: string): string {
  if (!parseDn(container)) {
    throw new ConnectorError(
      'misconfigured',
      `"${container}" is no distinguished name of a container of directory "${directory}".`,
    );
  }
  if (isWithin(container, baseDn)) return container;
  throw new ConnectorError(
    'misconfigured',
    `The container ${container} stands outside baseDn (${baseDn}) of directory "${directory}": its accounts would not be found again.`,
  );
}

export function missingContainer({ directory }: LdapSettings, container: string): ConnectorError {
  return new ConnectorError(
    'misconfigured',
    `Directory "${directory}" has no container ${container}: create it, or correct the policy.`,
  );
}

/** Throws `misconfigured` unless the container can take accounts. */
export async function requireContainer(session: Session, container: string): Promise<void> {
  checkContainer(session.settings, container);
  if (!(await session.entry(container, ['1.1']))) throw missingContainer(session.settings, container);
}
