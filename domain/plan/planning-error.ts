/** A plan cannot be made. Its message is a sentence for people: what was wrong and what to do. */
export class PlanningError extends Error {
  override readonly name = 'PlanningError';
}
