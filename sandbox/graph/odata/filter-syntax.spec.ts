import fc from 'fast-check';
import { GraphError } from '../http/graph-error.js';
import { matches } from './filter-match.js';
import { parseFilter } from './filter-syntax.js';

const person = {
  displayName: "Zoë O'Brien",
  employeeId: '0042',
  accountEnabled: true,
  department: null,
  proxyAddresses: ['SMTP:zoe@tenure.example', 'smtp:z@tenure.example'],
  onPremisesExtensionAttributes: { extensionAttribute1: 'x' },
};

describe('filters', () => {
  it.each([
    ["displayName eq 'zoë o''brien'", true],
    ["employeeId eq '42'", false],
    ["employeeId in ('1', '0042')", true],
    ['accountEnabled eq true', true],
    ['accountEnabled ne true', false],
    ['department eq null', true],
    ["startswith(displayName,'ZOË')", true],
    ["startsWith( displayName , 'O''' )", false],
    ["endsWith(displayName, 'brien')", true],
    ["proxyAddresses/any(p:p eq 'smtp:zoe@tenure.example')", true],
    ["proxyAddresses/any(p:startsWith(p,'smtp:q'))", false],
    ["onPremisesExtensionAttributes/extensionAttribute1 eq 'x'", true],
    ["not(employeeId eq '0042') or accountEnabled eq true and department eq null", true],
    ["(employeeId eq '1' or employeeId eq '0042') and not (accountEnabled eq false)", true],
    ["employeeId ge '0042' and employeeId lt '0043'", true],
  ])('%s is %s', (text, expected) => {
    expect(matches(parseFilter(text), person)).toBe(expected);
  });

  it.each([
    ["displayName eq 'O'Brien'", /unterminated string literal at position 23|Syntax error/],
    ["displayName eq 'open", /There is an unterminated string literal at position 15/],
    ['displayName =', /Syntax error: character '=' is not valid at position 12/],
    ['displayName', /Syntax error at position 11/],
    ['displayName likes 5', /Syntax error at position/],
    ["displayName eq 'a' and", /Syntax error at position 22/],
    ['', /Syntax error at position 0/],
    [`${'('.repeat(100)}a eq 1${')'.repeat(100)}`, /recursion limit/],
  ])('%s is refused', (text, message) => {
    expect(() => parseFilter(text)).toThrow(message);
  });

  it('finds exactly the value that was quoted, whatever is in it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (value, other) => {
        const filter = parseFilter(`displayName eq '${value.replaceAll("'", "''")}'`);
        expect(matches(filter, { displayName: value })).toBe(true);
        expect(matches(filter, { displayName: other })).toBe(value.toLowerCase() === other.toLowerCase());
      }),
    );
  });

  it('never fails but with a refusal', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (text) => {
        try {
          parseFilter(text);
        } catch (error) {
          expect(error).toBeInstanceOf(GraphError);
        }
      }),
    );
  });
});
