import type { Attributes } from '../person/attributes.js';

/** What HR can say about a person. */
export const EVENT_TYPES = ['joiner', 'mover', 'leaver', 'rehire'] as const;
export type EventType = (typeof EVENT_TYPES)[number];

/** How far an event is: accepted by the API, taken by a run, and one of the three ends. */
export const EVENT_STATES = ['accepted', 'taken', 'done', 'superseded', 'failed'] as const;
export type EventState = (typeof EVENT_STATES)[number];

/** One thing that happens to a person, as HR said it. */
export interface LifecycleEvent {
  /** Tenure's own id (UUID). */
  id: string;
  /** The order of acceptance; grows over all events. */
  position: number;
  type: EventType;
  /** Who said it (`workday`, `csv`, `admin`, …) and under which id; the pair is unique. */
  source: string;
  eventId: string;
  /** When it takes effect (ISO 8601, UTC). */
  effectiveAt: string;
  /** An urgent event goes before everything else of that person. */
  urgent: boolean;
  /** The attributes that it changes; the others stay as they were. */
  attributes: Attributes;
}
