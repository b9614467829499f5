import { ConnectorError } from '../contract/connector-error.js';
import { isCollision, toConnectorError } from './errors.js';

const attempt = { directory: 'ad', doing: 'change CN=Jane Doe', attributes: ['title', 'department'] };
const answer = (code: number, message: string) => Object.assign(new Error(message), { code });

describe('the error table', () => {
  it.each([
    [
      49,
      '80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 52e, v1db1',
      'unauthorized',
      'password is wrong',
    ],
    [
      49,
      '80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 533, v1db1',
      'unauthorized',
      'disabled',
    ],
    [
      49,
      '80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 775, v1db1',
      'unauthorized',
      'locked',
    ],
    [
      49,
      '80090308: LdapErr: DSID-0C0903A9, comment: AcceptSecurityContext error, data 532, v1db1',
      'unauthorized',
      'expired',
    ],
    [
      19,
      '0000052D: Constraint violation - check_password_restrictions: the password is too short. It should be equal or longer than 7 characters!',
      'invalid',
      'equal or longer than 7 characters',
    ],
    [
      53,
      '0000052D: SvcErr: DSID-031A12D2, problem 5003 (WILL_NOT_PERFORM), data 0',
      'invalid',
      'password breaks the domain’s rules',
    ],
    [68, '00000524: UpdErr: DSID-031A11FA, problem 6005 (ENTRY_EXISTS), data 0', 'conflict', 'sAMAccountName'],
    [68, 'Entry CN=Jane Doe,OU=Staff,DC=example,DC=test already exists', 'conflict', 'there already'],
    [19, "0000202F: samldb: userPrincipalName 'jane@x' is already in use ", 'conflict', 'userPrincipalName'],
    [
      19,
      '000021C8: AtrErr: DSID-03200EA5, #1: 0: 000021C8: DSID-03200EA5, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 90290 (userPrincipalName)',
      'conflict',
      'userPrincipalName',
    ],
    [
      19,
      '00002082: AtrErr: DSID-03151904, #1: 0: 00002082: DSID-03151904, problem 1005 (CONSTRAINT_ATT_TYPE), data 0, Att 9008d (department):len 602',
      'invalid',
      'department',
    ],
    [
      21,
      "0000200B: objectclass_attrs: attribute 'department' on entry 'CN=x' contains at least one invalid value!",
      'invalid',
      'department',
    ],
    [
      16,
      '00000057: LdapErr: DSID-0C090D8B, comment: Error in attribute conversion operation, data 0, v2580',
      'invalid',
      'title, department',
    ],
    [
      32,
      "0000208D: NameErr: DSID-03100241, problem 2001 (NO_OBJECT), data 0, best match of: 'DC=example,DC=org'",
      'not-found',
      'not there',
    ],
    [80, '00002095: objectclass: Cannot rename CN=x, parent does not exist!', 'misconfigured', 'container'],
    [50, '00002098: SecErr: DSID-03150F94, problem 4003 (INSUFF_ACCESS_RIGHTS), data 0', 'forbidden', 'right'],
    [51, '', 'transient', 'busy'],
    [3, '', 'transient', 'time limit'],
    [
      1,
      '000004DC: LdapErr: DSID-0C090A5C, comment: In order to perform this operation a successful bind must be completed',
      'transient',
      'sign-in',
    ],
    [99, 'something new', 'invalid', 'refuses'],
  ])('LDAP %i %s', (code, message, category, words) => {
    const error = toConnectorError(answer(code, `${message} Code: 0x${code.toString(16)}`), attempt);
    expect([error.category, error.message]).toEqual([category, expect.stringContaining(words)]);
    expect(error.message).toContain('"ad"');
    expect(error.details.code).toBe(String(code));
  });

  it.each(['AddRequest: Operation timed out', 'Connection closed before message response was received.', 'ECONNRESET'])(
    'calls a request without an answer transient: %s',
    (message) => expect(toConnectorError(new Error(message), attempt).category).toBe('transient'),
  );

  it('does not try a request again that could not be written down', () => {
    expect(toConnectorError(new TypeError('value must be a string'), attempt).category).toBe('invalid');
  });

  it('lets its own errors pass as they are', () => {
    const error = new ConnectorError('conflict', 'two of them');
    expect(toConnectorError(error, attempt)).toBe(error);
  });

  it('knows a collision of names from other refusals', () => {
    expect(isCollision(answer(68, 'Entry already exists'))).toBe(true);
    expect(isCollision(answer(19, "0000202F: samldb: userPrincipalName 'x' is already in use"))).toBe(true);
    expect(isCollision(answer(19, '000021C8: AtrErr: DSID-03200EA5'))).toBe(true);
    expect(isCollision(answer(19, '0000052D: password'))).toBe(false);
    expect(isCollision(new Error('Connection closed'))).toBe(false);
  });
});
