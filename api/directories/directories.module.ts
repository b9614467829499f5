import { Module } from '@nestjs/common';
import { DirectoriesController } from './directories.controller.js';

/** Directories. */
@Module({ controllers: [DirectoriesController] })
export class DirectoriesModule {}
