import { type Cluster, EARLIEST, LATEST, NEWEST, type OffsetAnswer, type OffsetQuestion } from './cluster.ts';
import { partitionName, type Start } from './partition.ts';

/** A partition that is to be followed. */
export interface Wanted {
  readonly topic: string;
  readonly partition: number;
  /** Ms before now from which on its records matter; Infinity: all of them do. */
  readonly back: number;
}

/**
 * Where partitions are followed from: the first record of that age. A partition without records so new begins at its end;
 * one whose records bear no time begins at its first. Partitions that could not be asked are missing in the answer.
 *
 * @param now epoch ms by the local clock. Where it is ahead of every record, the newest record's time counts instead.
 */
export async function beginnings(
  cluster: Pick<Cluster, 'offsets'>,
  wanted: readonly Wanted[],
  now: number,
): Promise<ReadonlyMap<string, Start>> {
  const ask = (partitions: readonly Wanted[], at: (each: Wanted) => number): ReturnType<Cluster['offsets']> =>
    cluster.offsets(partitions.map((each): OffsetQuestion => ({ ...each, at: at(each) })));
  // First, so that whatever is written meanwhile lies behind it.
  const ends = await ask(wanted, () => LATEST);
  // Whoever did not answer is asked again later, and not twice more now.
  const there = wanted.filter((each) => ends.has(nameOf(each)));
  const newest = await ask(there, () => NEWEST);
  const times = [...newest.values()].map(({ timestamp }) => timestamp);
  const reference = Math.min(now, Math.max(...times.filter((time) => time >= 0), Number.NEGATIVE_INFINITY));
  const since = (each: Wanted): number => {
    const timed = (newest.get(nameOf(each))?.timestamp ?? -1) >= 0;
    return timed && Number.isFinite(each.back) ? Math.max(0, Math.floor(reference - each.back)) : EARLIEST;
  };
  const firsts = await ask(there, since);
  const starts = there.flatMap((each): [string, Start][] => {
    const name = nameOf(each);
    const [end, first] = [ends.get(name), firsts.get(name)];
    return end === undefined || first === undefined || !newest.has(name) ? [] : [[name, startOf(first, end)]];
  });
  return new Map(starts);
}

function startOf(first: OffsetAnswer, end: OffsetAnswer): Start {
  // Where no record is, a broker tells its own epoch, which another one need not know: it would say that the log is another.
  return first.offset < 0 || first.offset >= end.offset
    ? { offset: end.offset, epoch: -1, end: end.offset }
    : { offset: first.offset, epoch: first.epoch, end: end.offset };
}

function nameOf({ topic, partition }: Wanted): string {
  return partitionName(topic, partition);
}
