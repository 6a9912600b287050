/**
 * Which of the replicas sends. An implementer owes: at no moment may two of them, as far as their monotonic clocks run at the
 * same rate, also when one of them was paused; and when the one that may is gone, another one may within 15 s.
 */
export interface Election {
  /** Resolves at once: whoever cannot stand yet goes on trying. `onElected` is called whenever this process may send from now on. */
  start(onElected: () => void): void;
  isElected(): boolean;
  /** Lets another one be elected at once. Bounded in time. */
  stop(): Promise<void>;
}
