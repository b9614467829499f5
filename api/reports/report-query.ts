import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { OPERATION_KINDS, OPERATION_OUTCOMES } from '../../domain/plan/operation.js';
import type { ReportFilter } from '../../persistence/report.repository.js';
import { moment } from '../validation/moment.js';
import { plainText } from '../validation/text.js';

const MOST_ROWS = 500;
const DAY_MS = 24 * 60 * 60 * 1000;
const DATE_ONLY = /^\d{4}-\d{2}-\d{2}$/;

/** A parameter that may come several times, or once with commas: `outcome=failed,skipped`. */
function several<T extends z.ZodType>(item: T) {
  return z
    .preprocess(
      (given) => (given === undefined ? undefined : [given].flat().flatMap((part) => String(part).split(','))),
      z.array(item).min(1).max(50).optional(),
    )
    .optional();
}

const reportQuerySchema = z.strictObject({
  endUser: plainText('The endUser', 256).optional().describe("Part of the person's id, name, user name or mail"),
  application: several(plainText('The application', 128)).describe('Directory, or mail; several with commas'),
  operation: several(
    z.enum(OPERATION_KINDS, { error: `The operation has to be one of ${OPERATION_KINDS.join(', ')}.` }),
  ),
  outcome: several(
    z.enum(OPERATION_OUTCOMES, { error: `The outcome has to be one of ${OPERATION_OUTCOMES.join(', ')}.` }),
  ),
  from: moment('The parameter from').optional().describe('Finished (or, while open, planned) from then on'),
  to: moment('The parameter to').optional().describe('Before then; a date without time includes the whole day (UTC)'),
  limit: z.coerce
    .number({ error: 'The limit has to be a number.' })
    .int('The limit has to be a whole number.')
    .min(1, 'The limit has to be at least 1.')
    .max(MOST_ROWS, `The limit may be at most ${MOST_ROWS}.`)
    .default(100),
  cursor: z.string().optional().describe('`nextCursor` of the page before'),
  format: z.enum(['json', 'csv'], { error: 'The format has to be json or csv.' }).optional(),
});

/** The parameters of the report. */
export class ReportQuery extends createZodDto(reportQuerySchema) {}

/** The filter that a query asks for. */
export function filterOf(query: ReportQuery): ReportFilter {
  return {
    endUser: query.endUser || undefined,
    application: query.application,
    operation: query.operation,
    outcome: query.outcome,
    from: query.from === undefined ? undefined : new Date(query.from),
    to: query.to === undefined ? undefined : endOf(query.to),
  };
}

function endOf(to: string): Date {
  return new Date(Date.parse(to) + (DATE_ONLY.test(to) ? DAY_MS : 0));
}

/** The position in a cursor; undefined when it is none of ours. */
export function positionOf(cursor: string): number | undefined {
  const [, digits] = /^p(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return digits === undefined ? undefined : Number(digits);
}

/** The cursor for what stands below a position. */
export function cursorOf(position: number): string {
  return Buffer.from(`p${position}`).toString('base64url');
}
