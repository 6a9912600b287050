/** Something that works worse than it should, for people. */
export interface Degradation {
  /** `feed`, or the name of an upstream service. */
  readonly what: string;
  readonly reason: string;
}

export type ReadinessReport =
  /** Requests can be answered, as well as what is degraded allows. */
  | { readonly ready: true; readonly degraded: readonly Degradation[] }
  /** Starting or stopping. The reason is shown to whoever asks. */
  | { readonly ready: false; readonly reason: string };

/** Whether requests should be sent here at this moment; cheap, asked for every second or so. */
export type Readiness = () => ReadinessReport;
