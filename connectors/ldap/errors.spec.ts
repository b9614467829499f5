import { ConnectorError } from '../contract/connector-error.js';
import { isCollision, isSamePassword, passwordRefused, toConnectorError } from './errors.js';

const attempt = { directory: 'corp', doing: 'change uid=jane', attributes: ['title', 'l'] };
const answer = (code: number, message: string) =>
  Object.assign(new Error(`${message} Code: 0x${code.toString(16)}`), { code });

describe('the error table', () => {
  it.each([
    [4, 'Size limit exceeded', 'misconfigured', 'size limit'],
    [10, '', 'misconfigured', 'urls'],
    [11, 'Administrative limit exceeded', 'misconfigured', 'index'],
    [13, 'confidentiality required', 'misconfigured', 'encrypted'],
    [16, 'modify/delete: title: no such value', 'invalid', 'no such value'],
    [17, 'favouriteColour: attribute type undefined', 'invalid', 'favouriteColour'],
    [19, 'modify breaks constraint on displayName', 'invalid', 'displayName'],
    [19, 'displayName: multiple values provided', 'invalid', 'displayName'],
    [19, 'some attributes not unique', 'invalid', 'title, l'],
    [19, 'non-unique attributes found with (|(mail=jane@x))', 'conflict', 'unique'],
    [20, 'modify/add: member: value #0 already exists', 'conflict', 'already'],
    [21, 'manager: value #0 invalid per syntax', 'invalid', 'manager'],
    [32, '', 'not-found', 'not there'],
    [49, '', 'unauthorized', 'bindDn'],
    [50, '', 'forbidden', 'write'],
    [50, 'operation restricted', 'misconfigured', 'takes no writes'],
    [51, '', 'transient', 'busy'],
    [53, 'shadow context; no update referral', 'misconfigured', 'provider'],
    [53, 'something', 'invalid', 'unwilling'],
    [65, "object class 'inetOrgPerson' requires attribute 'sn'", 'invalid', 'inetOrgPerson requires sn'],
    [65, "attribute 'shadowExpire' not allowed", 'invalid', 'shadowExpire'],
    [68, 'Entry Already Exists', 'conflict', 'already'],
    [80, 'internal error', 'transient', 'internal'],
    [122, 'Assertion Failed', 'transient', 'meanwhile'],
    [99, 'something new', 'invalid', 'refuses'],
  ])('LDAP %i %s is %s', (code, message, category, words) => {
    const error = toConnectorError(answer(code, message), attempt);
    expect([error.category, error.message]).toEqual([category, expect.stringContaining(words)]);
    expect(error.message).toContain('"corp"');
    expect(error.details.code).toBe(String(code));
  });

  it('does not tell the values that an answer holds', () => {
    const error = toConnectorError(answer(19, 'non-unique attributes found with (|(mail=jane@x))'), attempt);
    expect(error.message).not.toContain('jane@x');
  });

  it.each(['AddRequest: Operation timed out', 'Connection closed before message response was received.', 'ECONNRESET'])(
    'calls a request without an answer transient: %s',
    (message) => expect(toConnectorError(new Error(message), attempt).category).toBe('transient'),
  );

  it('lets its own errors pass as they are', () => {
    const error = new ConnectorError('conflict', 'two of them');
    expect(toConnectorError(error, attempt)).toBe(error);
  });

  it.each([
    [19, 'Password fails quality checking policy', 'invalid', 'too short or too simple'],
    [19, 'Password is in history of old passwords', 'invalid', 'used before'],
    [19, 'Password is too young to change', 'invalid', 'too recently'],
    [19, 'whatever', 'invalid', 'rules'],
    [50, '', 'forbidden', 'right'],
    [51, '', 'transient', 'busy'],
  ])('tells why a password is refused: LDAP %i %s', (code, message, category, words) => {
    const error = passwordRefused(answer(code, message), { directory: 'corp', doing: 'set the password of uid=jane' });
    expect([error.category, error.message]).toEqual([category, expect.stringContaining(words)]);
  });

  it('knows a collision of names, and a password that is there already, from other refusals', () => {
    expect(isCollision(answer(68, 'Entry Already Exists'))).toBe(true);
    expect(isCollision(answer(19, 'non-unique attributes found with (|(uid=x))'))).toBe(true);
    expect(isCollision(answer(19, 'Another entry with the same attribute value already exists'))).toBe(true);
    expect(isCollision(answer(19, 'Password is in history of old passwords'))).toBe(false);
    expect(isCollision(new Error('Connection closed'))).toBe(false);
    expect(isSamePassword(answer(19, 'Password is not being changed from existing value'))).toBe(true);
    expect(isSamePassword(answer(19, 'Password is in history of old passwords'))).toBe(false);
  });
});
