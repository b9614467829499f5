import { stringify } from 'yaml';
import {
  ALL_STAFF,
  CORP_AD,
  DEPARTMENTS,
  DOMAIN,
  departmentOu,
  ENTRA,
  groupDn,
  LEADERS,
  PEOPLE_OU,
} from './demo-domain.js';

const FULL_NAME = 'coalesce(person.displayName, person.givenName + " " + person.familyName)';
/** Names in other scripts leave nothing behind: HR's id takes their place. */
const SIGN_IN_NAME = 'coalesce(slug(person.givenName + "." + person.familyName), slug(person.personId))';

/** The policy of the demo as YAML. docs/policies.md explains every line of it. */
export function demoPolicy(): string {
  return `# Who gets what in the demo. docs/policies.md explains every line.\n${stringify(POLICY, { lineWidth: 0 })}`;
}

const POLICY = {
  version: 1,
  rules: [
    { name: 'Everyone', grants: inBoth(ALL_STAFF) },
    ...DEPARTMENTS.map((department) => ({
      name: department,
      when: `person.department == ${JSON.stringify(department)}`,
      grants: inBoth(department, { container: JSON.stringify(departmentOu(department)) }),
    })),
    {
      name: 'Who leads others',
      when: 'matchesRe2(coalesce(person.title, ""), "^(Chief|Head)\\\\b")',
      grants: inBoth(LEADERS),
    },
  ],
  directories: {
    [CORP_AD]: {
      correlate: { attribute: 'employeeID' },
      container: JSON.stringify(PEOPLE_OU),
      attributes: {
        cn: { unique: FULL_NAME, maxLength: 64 },
        displayName: FULL_NAME,
        givenName: 'person.givenName',
        sn: { value: 'person.familyName', required: true },
        department: 'person.department',
        title: 'person.title',
        physicalDeliveryOfficeName: 'person.location',
        sAMAccountName: {
          unique: 'coalesce(slug(substring(person.givenName, 0, 1) + person.familyName), slug(person.personId))',
          maxLength: 20,
          once: true,
        },
        userPrincipalName: { unique: `${SIGN_IN_NAME} + "@${DOMAIN}"`, maxLength: 64, once: true },
      },
      manager: true,
      leaver: { grace: 'P30D' },
    },
    [ENTRA]: {
      correlate: { attribute: 'employeeId' },
      after: [CORP_AD],
      attributes: {
        displayName: FULL_NAME,
        givenName: 'person.givenName',
        surname: 'person.familyName',
        department: 'person.department',
        jobTitle: 'person.title',
        officeLocation: 'person.location',
        mailNickname: { unique: SIGN_IN_NAME, maxLength: 64, once: true },
        userPrincipalName: { value: `accounts[${JSON.stringify(CORP_AD)}].userPrincipalName`, required: true },
      },
      manager: true,
      leaver: { grace: 'P30D' },
    },
  },
  mail: { activation: { to: 'person.personalMail' } },
};

/** One group in both directories; what else is given goes to Active Directory, which has places. */
function inBoth(group: string, place: { container?: string } = {}) {
  return [
    { directory: CORP_AD, ...place, groups: [groupDn(group)] },
    { directory: ENTRA, groups: [group] },
  ];
}
