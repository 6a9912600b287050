import type {
  ExtendedGroupProtocolSubscription,
  GroupAssignment,
  GroupPartitionsAssignments,
} from '@platformatic/kafka';

/**
 * Deals partitions evenly among those members that subscribe to their topic. (The client's own round robin hands out
 * topics to members that did not ask for them, which happens while a new topic is known to some members only.)
 */
export function assignEvenly(
  members: ReadonlyMap<string, ExtendedGroupProtocolSubscription>,
  partitionCount: (topic: string) => number,
): GroupPartitionsAssignments[] {
  const shares = [...members.keys()].sort().map((memberId) => ({
    memberId,
    topics: new Set(members.get(memberId)?.topics ?? []),
    size: 0,
    assignments: new Map<string, GroupAssignment>(),
  }));
  const topics = [...new Set(shares.flatMap((share) => [...share.topics]))].sort();
  for (const topic of topics) {
    const subscribers = shares.filter((share) => share.topics.has(topic));
    for (let partition = 0; partition < partitionCount(topic); partition += 1) {
      const [share] = subscribers.toSorted((a, b) => a.size - b.size);
      if (share === undefined) break;
      const held = share.assignments.get(topic) ?? { topic, partitions: [] };
      held.partitions.push(partition);
      share.assignments.set(topic, held);
      share.size += 1;
    }
  }
  return shares.map(({ memberId, assignments }) => ({ memberId, assignments }));
}
