import type { Attributes } from './attributes.js';

/** Where a person stands: announced but not started, here, or gone. Only a rehire leads out of `left`. */
export type PersonState = 'expected' | 'active' | 'left';

/** The identity: one human being in the organisation, with the attributes that HR last made effective. */
export interface Person {
  /** Tenure's own id (UUID). */
  id: string;
  /** HR's id, the same whichever source speaks of the person; the value that accounts are correlated by. */
  personId: string;
  state: PersonState;
  /**
   * Tenure itself reads givenName, familyName, displayName, personalMail, department, title, location and manager. Any
   * other name is free, and is there for mappings and conditions.
   */
  attributes: Attributes;
}
