/** What a policy document says, checked. `parsePolicy` makes it. */
export interface Policy {
  version: 1;
}

/** Something wrong in a policy document. Lines and columns count from 1. */
export interface PolicyProblem {
  line: number;
  column: number;
  /** Where it is in the document: `rules[0].when`. */
  path: string;
  /** A sentence. */
  message: string;
}
