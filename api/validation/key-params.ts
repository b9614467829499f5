import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { plainText } from './text.js';

/** The parameter `id` of a path where ids have any form. */
export class KeyParams extends createZodDto(z.object({ id: plainText('The id', 256).min(1) })) {}
