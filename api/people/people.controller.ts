import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { ZodResponse } from 'nestjs-zod';
import { PersonRepository } from '../../persistence/person.repository.js';
import { ApiProblems } from '../openapi/api-problems.decorator.js';
import { ProblemException } from '../problems/problem.exception.js';
import { KeyParams } from '../validation/key-params.js';
import { PersonDto, personView } from './person-views.js';

/** The people of the organisation, as Tenure knows them. */
@ApiTags('people')
@Controller('api/v1/people')
export class PeopleController {
  constructor(private readonly persons: PersonRepository) {}

  @Get(':id')
  @ApiOperation({ summary: "A person by Tenure's UUID or HR's id, with accounts and the newest 100 events" })
  @ZodResponse({ status: 200, type: PersonDto })
  @ApiProblems(404)
  async find(@Param() { id }: KeyParams) {
    const overview = await this.persons.overview(id);
    if (!overview)
      throw new ProblemException(404, 'not-found', `There is no person with the id ${JSON.stringify(id)}.`);
    return personView(overview);
  }
}
