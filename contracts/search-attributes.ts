import { defineSearchAttributeKey } from '@temporalio/common';

/**
 * What the runs can be searched by in Temporal's UI. Search attributes are never encrypted, so they hold ids and words
 * of ours, no personal data.
 */
export const SEARCH_ATTRIBUTES = {
  person: defineSearchAttributeKey('TenurePerson', 'KEYWORD'),
  eventType: defineSearchAttributeKey('TenureEventType', 'KEYWORD'),
  source: defineSearchAttributeKey('TenureSource', 'KEYWORD'),
  directories: defineSearchAttributeKey('TenureDirectories', 'KEYWORD_LIST'),
} as const;

/** Name to Temporal type, for whoever registers them on a server. */
export const SEARCH_ATTRIBUTE_TYPES = {
  TenurePerson: 'Keyword',
  TenureEventType: 'Keyword',
  TenureSource: 'Keyword',
  TenureDirectories: 'KeywordList',
} as const;
