import { attributesOf, bodyOf, filterOf, normalised, sameValue } from './attributes.js';

describe('attributes of Entra ID accounts', () => {
  it('flattens members of complex properties and leaves out what has no value', () => {
    const user = {
      id: '1',
      displayName: 'Jane',
      department: null,
      businessPhones: [],
      otherMails: ['a@b.c'],
      employeeOrgData: { costCenter: '17', division: null },
      onPremisesExtensionAttributes: { extensionAttribute3: 'x', extensionAttribute4: null },
      extension_0123456789abcdef0123456789abcdef_badge: 'B7',
    };
    expect(attributesOf(user)).toEqual({
      displayName: 'Jane',
      otherMails: ['a@b.c'],
      costCenter: '17',
      extensionAttribute3: 'x',
      extension_0123456789abcdef0123456789abcdef_badge: 'B7',
    });
  });

  it('puts members of complex properties back, beside those the account has', () => {
    const attributes = normalised({ costCenter: '18', department: '', businessPhones: '1', otherMails: null });
    expect(bodyOf(attributes, { division: 'North', department: 'Sales' })).toEqual({
      employeeOrgData: { division: 'North', costCenter: '18' },
      department: null,
      businessPhones: ['1'],
      otherMails: [],
    });
  });

  it('takes a day for the midnight it begins with', () => {
    expect(normalised({ employeeHireDate: '2027-01-31' })).toEqual({ employeeHireDate: '2027-01-31T00:00:00Z' });
  });

  it.each([
    [{ favouriteColour: 'red' }, 'no attribute favouriteColour'],
    [{ constructor: 'x' }, 'no attribute constructor'],
    [{ proxyAddresses: ['a'] }, 'nobody write proxyAddresses'],
    [{ displayName: ['a', 'b'] }, 'one value'],
    [{ showInAddressList: 'yes' }, 'true or false'],
    [{ employeeHireDate: 'tomorrow' }, 'a date'],
    [{ displayName: 'a\0b' }, 'displayName'],
    [{ otherMails: ['ok', '\ud83d'] }, 'otherMails'],
  ])('refuses %j', (attributes, words) => {
    expect(() => normalised(attributes)).toThrow(expect.objectContaining({ category: 'invalid' }));
    expect(() => normalised(attributes)).toThrow(words);
  });

  it('compares lists without their order', () => {
    expect(sameValue(['a', 'b'], ['b', 'a'])).toBe(true);
    expect(sameValue(['a', 'a'], ['a', 'b'])).toBe(false);
    expect(sameValue(undefined, null)).toBe(true);
    expect(sameValue('a', 'A')).toBe(false);
  });

  it('says by what an account can be found', () => {
    expect(filterOf('employeeId')).toBe('plain');
    expect(filterOf('onPremisesImmutableId')).toBe('advanced');
    expect(() => filterOf('department')).toThrow('employeeId');
  });
});
