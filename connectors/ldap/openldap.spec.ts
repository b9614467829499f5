import { describeConnector } from '../conformance/describe-connector.js';
import { ldap } from './index.js';
import { startedDirectory } from './running-directory.harness.js';

describeConnector('LDAP on OpenLDAP', { kind: ldap, start: () => startedDirectory() });
