import type { Stream } from '../../src/events/stream.ts';

/** The environment that tells a service which topic carries which stream. */
export function topicVariables(topics: Readonly<Record<Stream, string>>): Record<string, string> {
  return {
    EVENT_TOPIC_SESSION_STATUS: topics.session,
    EVENT_TOPIC_CHARACTER_BUFF_STATUS: topics.buff,
    EVENT_TOPIC_ASSET_STATUS: topics.asset,
    EVENT_TOPIC_CHARACTER_STATUS: topics.character,
    EVENT_TOPIC_SKILL_STATUS: topics.skill,
  };
}
