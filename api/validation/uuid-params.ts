import { createZodDto } from 'nestjs-zod';
import { z } from 'zod';
import { uuid } from './text.js';

/** The parameter `id` of a path, a UUID. */
export class UuidParams extends createZodDto(z.object({ id: uuid })) {}
