import { startTestSamba } from '../../test/servers/samba.js';
import { describeConnector } from '../conformance/describe-connector.js';
import { startedDirectory } from './domain.harness.js';
import { activeDirectory } from './index.js';

describeConnector('Active Directory on Samba', {
  kind: activeDirectory,
  start: async () => startedDirectory(await startTestSamba()),
});
