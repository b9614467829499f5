import type { Policy } from './policy.js';

/** A policy that is ready to be asked. Made once by `compilePolicy` and kept; it holds no state of a person. */
export interface CompiledPolicy {
  readonly policy: Policy;
}
