import type { LdapResult } from '../wire/ldap-response.js';

/** LDAP result codes that this directory answers with (RFC 4511, appendix A). */
export const RESULT_CODES = {
  operationsError: 1,
  protocolError: 2,
  sizeLimitExceeded: 4,
  authMethodNotSupported: 7,
  referral: 10,
  unavailableCriticalExtension: 12,
  noSuchAttribute: 16,
  inappropriateMatching: 18,
  constraintViolation: 19,
  attributeOrValueExists: 20,
  invalidAttributeSyntax: 21,
  noSuchObject: 32,
  invalidDNSyntax: 34,
  invalidCredentials: 49,
  insufficientAccessRights: 50,
  unwillingToPerform: 53,
  namingViolation: 64,
  objectClassViolation: 65,
  notAllowedOnNonLeaf: 66,
  notAllowedOnRDN: 67,
  entryAlreadyExists: 68,
  other: 80,
} as const;

/** A refusal: the result code with AD's diagnostic text. Thrown by operations, answered by the connection. */
export class AdError extends Error implements LdapResult {
  readonly code: number;

  constructor(
    name: keyof typeof RESULT_CODES,
    message: string,
    readonly matchedDn = '',
  ) {
    super(message);
    this.name = 'AdError';
    this.code = RESULT_CODES[name];
  }
}

// The text of AD is "<Windows error, hex>: <kind>Err: DSID-<place in AD's code>, problem <number> (<NAME>), data <n>".
// Only the Windows error ([MS-ERREF] 2.2) means anything to a client; the DSID differs from build to build.
const problem = (win32: string, kind: string, dsid: string, what: string): string =>
  `${win32}: ${kind}: DSID-${dsid}, problem ${what}, data 0\n`;

const attribute = (win32: string, what: string, name: string): string =>
  `${win32}: AtrErr: DSID-03190F80, #1:\n\t0: ${win32}: DSID-03190F80, problem ${what}, data 0, Att (${name})\n`;

const ldapComment = (win32: string, dsid: string, comment: string, data = '0'): string =>
  `${win32}: LdapErr: DSID-${dsid}, comment: ${comment}, data ${data}, v4563`;

const constraint = (win32: string, name: string): AdError =>
  new AdError('constraintViolation', attribute(win32, '1005 (CONSTRAINT_ATT_TYPE)', name));

const unwilling = (win32: string): AdError =>
  new AdError('unwillingToPerform', problem(win32, 'SvcErr', '031A12D2', '5003 (WILL_NOT_PERFORM)'));

const exists = (win32: string): AdError =>
  new AdError('entryAlreadyExists', problem(win32, 'UpdErr', '031B0F94', '6005 (ENTRY_EXISTS)'));

const classViolation = (win32: string): AdError =>
  new AdError('objectClassViolation', problem(win32, 'UpdErr', '031A1276', '6002 (OBJ_CLASS_VIOLATION)'));

/** Why a bind failed, as the hexadecimal Windows error in `data` of the text. */
export type BindFailure = '525' | '52e' | '530' | '531' | '532' | '533' | '701' | '773' | '775';

/** Every refusal of the directory, each with the Windows error AD puts into its text. */
export const adError = {
  bind: (data: BindFailure): AdError =>
    new AdError('invalidCredentials', ldapComment('80090308', '0C090449', 'AcceptSecurityContext error', data)),
  saslUnsupported: (): AdError =>
    new AdError('authMethodNotSupported', ldapComment('00002027', '0C090591', 'Invalid Authentication method')),
  notBound: (): AdError =>
    new AdError(
      'operationsError',
      ldapComment(
        '000004DC',
        '0C090A5C',
        'In order to perform this operation a successful bind must be completed on the connection.',
      ),
    ),
  noRights: (): AdError =>
    new AdError('insufficientAccessRights', problem('00002098', 'SecErr', '03150F94', '4003 (INSUFF_ACCESS_RIGHTS)')),
  noSuchObject: (matchedDn: string): AdError =>
    new AdError(
      'noSuchObject',
      `0000208D: NameErr: DSID-03100241, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'${matchedDn}'\n`,
      matchedDn,
    ),
  foreignDn: (): AdError => new AdError('referral', '0000202B: RefErr: DSID-0310082F, data 0, 0 access points\n'),
  invalidDn: (): AdError =>
    new AdError(
      'invalidDNSyntax',
      `00002081: NameErr: DSID-03050F7B, problem 2003 (BAD_ATT_SYNTAX), data 0, best match of:\n\t''\n`,
    ),
  noParentToMoveTo: (): AdError => new AdError('other', problem('00002089', 'UpdErr', '031B0D66', '5012 (DIR_ERROR)')),
  entryExists: (): AdError => exists('00002071'),
  accountNameTaken: (): AdError => exists('00000524'),
  alreadyMember: (): AdError => exists('00000562'),
  notMember: (): AdError => unwilling('00000561'),
  invalidAccountName: (): AdError =>
    new AdError('other', problem('00000523', 'SysErr', '031A1202', '22 (Invalid argument)')),
  principalNameTaken: (): AdError => constraint('000021C8', 'userPrincipalName'),
  unknownAttribute: (): AdError =>
    new AdError('noSuchAttribute', ldapComment('00000057', '0C090FB4', 'Error in attribute conversion operation')),
  badValue: (name: string): AdError =>
    new AdError('invalidAttributeSyntax', attribute('00000057', '1004 (BAD_ATT_SYNTAX)', name)),
  outOfRange: (name: string): AdError => constraint('00002082', name),
  singleValued: (name: string): AdError => constraint('00002081', name),
  badReference: (name: string): AdError => constraint('000020B5', name),
  systemOnly: (name: string): AdError => constraint('000020B1', name),
  twoValues: (name: string): AdError =>
    new AdError('attributeOrValueExists', attribute('00002081', '1006 (ATT_OR_VALUE_EXISTS)', name)),
  ownedBySam: (): AdError => unwilling('0000209A'),
  valueExists: (name: string): AdError =>
    new AdError('attributeOrValueExists', attribute('00002083', '1006 (ATT_OR_VALUE_EXISTS)', name)),
  valueAbsent: (name: string): AdError =>
    new AdError('noSuchAttribute', attribute('00002085', '1001 (NO_ATTRIBUTE_OR_VAL)', name)),
  notInClass: (): AdError => classViolation('0000207D'),
  missingRequired: (): AdError => classViolation('0000207C'),
  unknownClass: (): AdError => classViolation('00002014'),
  classChange: (): AdError => classViolation('00002014'),
  naming: (): AdError =>
    new AdError(
      'namingViolation',
      `00002099: NameErr: DSID-0305109C, problem 2005 (NAMING_VIOLATION), data 0, best match of:\n\t''\n`,
    ),
  rdnChange: (): AdError =>
    new AdError('notAllowedOnRDN', problem('00002016', 'UpdErr', '031A1262', '6004 (CANT_ON_RDN)')),
  nonLeaf: (): AdError =>
    new AdError('notAllowedOnNonLeaf', problem('00002015', 'UpdErr', '031A12BA', '6003 (CANT_ON_NON_LEAF)')),
  illegalChange: (): AdError => unwilling('00002077'),
  unwilling: (): AdError => unwilling('00002035'),
  passwordPolicy: (why: string): AdError =>
    new AdError(
      'constraintViolation',
      `${attribute('0000052D', '1005 (CONSTRAINT_ATT_TYPE)', 'unicodePwd').trimEnd()} - ${why}`,
    ),
  wrongOldPassword: (): AdError => constraint('00000056', 'unicodePwd'),
  enableWithoutPassword: (): AdError => unwilling('0000052D'),
  unavailableControl: (): AdError =>
    new AdError('unavailableCriticalExtension', problem('00002040', 'SvcErr', '031401E7', '5010 (UNAVAIL_EXTENSION)')),
  invalidParameter: (): AdError =>
    new AdError('other', problem('00000057', 'SysErr', '031A1202', '22 (Invalid argument)')),
  constructedInFilter: (): AdError =>
    new AdError('inappropriateMatching', problem('00002104', 'SvcErr', '0314018E', '5012 (DIR_ERROR)')),
  badCookie: (): AdError => unwilling('00002035'),
  unknownExtension: (): AdError =>
    new AdError('protocolError', ldapComment('0000203D', '0C090D7C', 'Unknown extended request OID')),
  malformed: (): AdError =>
    new AdError('protocolError', ldapComment('00000057', '0C09073B', 'Error decoding ldap message')),
  internal: (): AdError => new AdError('other', problem('000003E6', 'SysErr', '00000000', '0 (internal error)')),
} as const;

/** The end of a search that found more than it may return. */
export const SIZE_LIMIT_EXCEEDED: LdapResult = { code: RESULT_CODES.sizeLimitExceeded, message: '', matchedDn: '' };
