/** What a directory demands of a password. */
export interface PasswordRules {
  minLength: number;
  maxLength?: number;
  /**
   * Windows' complexity rule: three of upper case, lower case, digits, other characters and other letters, and no part
   * of the account's names (MS-SAMR 3.1.1.7.2, "Password must meet complexity requirements").
   */
  complex: boolean;
  /** How many earlier passwords it remembers and refuses; 0 for none. */
  history: number;
}
