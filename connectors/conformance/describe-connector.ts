import { describeAccounts } from './accounts.js';
import { describeCapabilities } from './capabilities.js';
import { describeChanges } from './changes.js';
import { describeConcurrency } from './concurrency.js';
import { describeErrors } from './errors.js';
import { describeGroups } from './groups.js';
import type { ConnectorHarness } from './harness.js';
import { describeHostileValues } from './hostile-values.js';
import { describeManagers } from './managers.js';
import { describePasswords } from './passwords.js';
import { describeRecycleBin } from './recycle-bin.js';
import { describeSessions } from './sessions.js';
import { Stage } from './stage.js';

/**
 * Holds a connector to every member of the contract and to every capability that it claims. Call it from a spec file;
 * the harness brings a directory that runs.
 */
export function describeConnector(name: string, harness: ConnectorHarness): void {
  describe(`${name} conforms to the connector contract`, () => {
    const stage = new Stage(harness);
    const { capabilities } = harness.kind;
    beforeAll(() => stage.start(), 120_000);
    afterAll(() => stage.stop(), 60_000);

    describeCapabilities(stage, capabilities);
    describeAccounts(stage, capabilities);
    describeChanges(stage, capabilities);
    describeErrors(stage, capabilities);
    describeHostileValues(stage, capabilities);
    describeConcurrency(stage, capabilities);
    if (capabilities.recycleBin) describeRecycleBin(stage, capabilities);
    if (capabilities.groups) describeGroups(stage, capabilities);
    if (capabilities.managers) describeManagers(stage, capabilities);
    if (capabilities.passwords) describePasswords(stage, capabilities);
    if (capabilities.sessions) describeSessions(stage, capabilities);
  });
}
