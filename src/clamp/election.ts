/**
 * Which of the replicas sends. An implementer owes: no two may send at the same moment, even when one was paused, as long as
 * their monotonic clocks run at the same rate. When the one that sends is gone, another one may within 15 s.
 */
export interface Election {
  /** Resolves at once: whoever cannot stand yet goes on trying. `onElected` is called whenever this process may send from now on. */
  start(onElected: () => void): void;
  isElected(): boolean;
  /** Lets another one be elected at once. Bounded in time. */
  stop(): Promise<void>;
}
