import { Body, Controller, Delete, Get, Param, Post, Res } from '@nestjs/common';
import { ApiBody, ApiExtraModels, ApiOperation, ApiResponse, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Response } from 'express';
import { ZodResponse } from 'nestjs-zod';
import { Actor } from '../auth/access.decorator.js';
import { ApiProblems } from '../openapi/api-problems.decorator.js';
import { UuidParams } from '../validation/uuid-params.js';
import { MOST_EVENTS } from './event-body.js';
import {
  AcceptedDto,
  EventDto,
  EventResultsDto,
  EventViewDto,
  eventView,
  FollowedEventDto,
  followedView,
} from './event-views.js';
import { EventsService } from './events.service.js';

/** What HR says about people. */
@ApiTags('events')
@ApiExtraModels(EventDto, AcceptedDto.Output, EventResultsDto.Output)
@Controller('api/v1/events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Post()
  @ApiOperation({
    summary: 'Accept an event, or up to 1,000 of them',
    description:
      'The answer comes when the event is stored; what follows from it happens afterwards, whatever dies meanwhile. ' +
      'An array is answered item by item: good items are accepted though others are bad.',
  })
  @ApiBody({
    schema: {
      oneOf: [
        { $ref: getSchemaPath(EventDto) },
        { type: 'array', minItems: 1, maxItems: MOST_EVENTS, items: { $ref: getSchemaPath(EventDto) } },
      ],
    },
  })
  @ApiResponse({ status: 202, description: 'Accepted', schema: eitherAnswer() })
  @ApiResponse({ status: 200, description: 'Accepted before; nothing is new', schema: eitherAnswer() })
  @ApiProblems(400, 409, 413)
  async accept(@Body() body: unknown, @Actor() actor: string, @Res({ passthrough: true }) response: Response) {
    if (!Array.isArray(body)) {
      const { status, ...accepted } = await this.events.acceptOne(body, actor);
      response.status(status);
      return accepted;
    }
    const items = await this.events.acceptAll(body, actor);
    response.status(items.some(({ status }) => status === 202) ? 202 : 200);
    return { items };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Follow an event' })
  @ZodResponse({ status: 200, type: FollowedEventDto })
  @ApiProblems(400, 404)
  async follow(@Param() { id }: UuidParams) {
    return followedView(await this.events.follow(id));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Rescind an event that is still to come' })
  @ZodResponse({ status: 200, type: EventViewDto })
  @ApiProblems(400, 404, 409)
  async rescind(@Param() { id }: UuidParams, @Actor() actor: string) {
    return eventView(await this.events.rescind(id, actor));
  }
}

/** For one event its own answer, for an array a list. */
function eitherAnswer() {
  return { oneOf: [{ $ref: getSchemaPath(AcceptedDto.Output) }, { $ref: getSchemaPath(EventResultsDto.Output) }] };
}
