import { ConnectorError } from '../contract/connector-error.js';
import { isWithin, parseDn } from './distinguished-names.js';
import type { Session } from './session.js';
import type { ActiveDirectorySettings } from './settings.js';

/** The container if accounts in it would be found again; otherwise throws `misconfigured`. */
export function checkContainer({ directory, baseDn }: ActiveDirectorySettings, container: string): string {
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

export function missingContainer({ directory }: ActiveDirectorySettings, container: string): ConnectorError {
  return new ConnectorError(
    'misconfigured',
    `Directory "${directory}" has no container ${container}: create it, or correct the policy.`,
  );
}

/** Throws `misconfigured` unless the container can take accounts. */
export async function requireContainer(session: Session, container: string): Promise<void> {
  checkContainer(session.settings, container);
  if (!(await session.entry(container, ['objectClass']))) throw missingContainer(session.settings, container);
}
