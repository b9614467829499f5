import { Column, getMetadataArgsStorage } from 'typeorm';
import type { GeneratedMetadataArgs } from 'typeorm/metadata-args/GeneratedMetadataArgs.js';

/**
 * A `bigint` of the database as a number. pg hands a bigint over as text, because it may be larger than a number can
 * tell apart.
 * @throws RangeError above 2^53 - 1, instead of rounding
 */
export function toPosition(value: unknown): number {
  const position = Number(value);
  if (!Number.isSafeInteger(position)) throw new RangeError(`${String(value)} is no position that a number can hold.`);
  return position;
}

/** A column that numbers the rows as they are inserted: `bigint GENERATED ALWAYS AS IDENTITY`, a number in entities. */
export function PositionColumn(): PropertyDecorator {
  const column = Column({
    type: 'bigint',
    generatedIdentity: 'ALWAYS',
    update: false,
    transformer: {
      to: (value: number | undefined) => value,
      from: (value: unknown) => (value === null || value === undefined ? value : toPosition(value)),
    },
  });
  return (target, property) => {
    column(target, property);
    // TypeORM handles identity columns that are no primary key, but neither @Generated() nor the type of its storage
    // offers the word.
    const generation = { target: target.constructor, propertyName: String(property), strategy: 'identity' };
    getMetadataArgsStorage().generations.push(generation as unknown as GeneratedMetadataArgs);
  };
}
