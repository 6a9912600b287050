import { Agent, get } from 'node:http';

/** One connection that is kept: polls and questions of the bench itself, cheap and in order. */
export interface HttpConnection {
  /** The body of a 200. Any other status rejects. */
  text(path: string): Promise<string>;
  close(): void;
}

const DEADLINE_MS = 30_000;

export function connectHttp(port: number, headers: Readonly<Record<string, string>> = {}): HttpConnection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const text = (path: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const request = get({ host: '127.0.0.1', port, path, agent, headers, timeout: DEADLINE_MS }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const body = Buffer.concat(chunks).toString();
          if (response.statusCode === 200) resolve(body);
          else reject(new Error(`GET ${path} answered ${response.statusCode}: ${body.slice(0, 300)}`));
        });
      });
      request.on('timeout', () => request.destroy(new Error(`GET ${path} took too long`)));
      request.on('error', (error) => {
        // A process that was frozen ends what was idle for long, which the request may have met.
        const wasEnded = request.reusedSocket && 'code' in error && error.code === 'ECONNRESET';
        if (wasEnded) resolve(text(path));
        else reject(error);
      });
    });
  return { text, close: () => agent.destroy() };
}
