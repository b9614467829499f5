import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { createZodDto, ZodResponse } from 'nestjs-zod';
import { z } from 'zod';
import { DirectoryRepository } from '../../persistence/directory.repository.js';

class DirectoriesDto extends createZodDto(
  z.object({ items: z.array(z.object({ name: z.string(), kind: z.string() }).meta({ id: 'Directory' })) }),
) {}

/** The connected systems. */
@ApiTags('directories')
@Controller('api/v1/directories')
export class DirectoriesController {
  constructor(private readonly directories: DirectoryRepository) {}

  @Get()
  @ApiOperation({ summary: 'The connected directories, in the order of the configuration' })
  @ZodResponse({ status: 200, type: DirectoriesDto })
  async list() {
    const directories = await this.directories.all();
    return { items: directories.map(({ name, kind }) => ({ name, kind })) };
  }
}
