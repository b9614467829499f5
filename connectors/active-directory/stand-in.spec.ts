import { startActiveDirectory } from '../../sandbox/active-directory/active-directory.js';
import { startedDirectory } from '../conformance/active-directory/running-domain.js';
import { describeConnector } from '../conformance/describe-connector.js';
import { activeDirectory } from './index.js';

describeConnector('Active Directory on the stand-in', {
  kind: activeDirectory,
  start: async () => startedDirectory(await startActiveDirectory({ seed: { organizationalUnits: [], groups: [] } })),
});
