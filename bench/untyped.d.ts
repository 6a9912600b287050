/** What the benches use of two modules that come without types. */
declare module 'autocannon' {
  export interface Result {
    readonly requests: { readonly average: number; readonly total: number };
    readonly non2xx: number;
    readonly errors: number;
    /** Seconds. */
    readonly duration: number;
  }
  export default function autocannon(options: {
    url: string;
    connections: number;
    /** Seconds. */
    duration: number;
    headers: Readonly<Record<string, string>>;
  }): Promise<Result>;
}

declare module 'cli-progress' {
  export class SingleBar {
    constructor(options: { format: string; hideCursor: boolean; clearOnComplete: boolean; stream: NodeJS.WriteStream });
    start(total: number, startValue: number, payload: Readonly<Record<string, string>>): void;
    update(value: number, payload: Readonly<Record<string, string>>): void;
    stop(): void;
  }
}
