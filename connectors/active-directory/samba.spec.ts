import { startTestSamba } from '../../test/servers/samba.js';
import { startedDirectory } from '../conformance/active-directory/running-domain.js';
import { describeConnector } from '../conformance/describe-connector.js';
import { activeDirectory } from './index.js';

describeConnector('Active Directory on Samba', {
  kind: activeDirectory,
  start: async () => startedDirectory(await startTestSamba()),
});
