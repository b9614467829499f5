import { z } from 'zod';

/**
 * A text that may be missing, for answers. The description has to stand on the text: Nest takes the short form of the
 * schema, `type: [string, null]`, for a list.
 */
export const textOrNull = (description: string) => z.string().describe(description).nullable();
