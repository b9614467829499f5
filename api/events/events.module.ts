import { Module } from '@nestjs/common';
import { EventSweeper } from './event-sweeper.js';
import { EventsController } from './events.controller.js';
import { EventsService } from './events.service.js';
import { HandOver } from './hand-over.js';

/** Events: how they come in, and how they reach Temporal. */
@Module({ controllers: [EventsController], providers: [EventsService, HandOver, EventSweeper] })
export class EventsModule {}
