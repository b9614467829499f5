/** An expression cannot be used as it is written. The message is part of a sentence: what was wrong. */
export class ExpressionError extends Error {
  override readonly name = 'ExpressionError';

  constructor(
    message: string,
    /** Where in the expression, in characters from 0. */
    readonly offset: number,
  ) {
    super(message);
  }
}
