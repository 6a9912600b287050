import type { Dispatcher } from 'undici';

export interface ExchangeRequest {
  /** Path and query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Ms from now in which the whole answer must be here. */
  readonly deadline: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** As it came, perhaps compressed. */
  readonly body: Buffer;
}

/** `cut`: the answer had begun when the connection ended, or it was larger than allowed. */
export type ExchangeFailure =
  | { readonly failed: 'unreachable' | 'cut'; readonly cause: Error }
  | { readonly failed: 'timeout' };

/**
 * Sends one GET and reads the whole answer; never rejects. Redirects are answers like any other. `onHeaders` is called when
 * the headers of the answer are here.
 *
 * It works on undici's dispatch handlers, because its request() costs twice the CPU time and knows no deadline for a body
 * that comes in drips.
 */
export function exchange(
  dispatcher: Pick<Dispatcher, 'dispatch'>,
  { path, headers, deadline }: ExchangeRequest,
  onHeaders: (headers: HttpAnswer['headers']) => void,
): Promise<HttpAnswer | ExchangeFailure> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let status = 0;
    let answerHeaders: HttpAnswer['headers'] = {};
    let controller: Dispatcher.DispatchController | undefined;
    let timedOut = false;
    const timer = setTimeout(() => {
      timedOut = true;
      resolve({ failed: 'timeout' });
      controller?.abort(new Error('deadline passed'));
    }, deadline);

    dispatcher.dispatch(
      { path, method: 'GET', headers },
      {
        onRequestStart(started) {
          controller = started;
          // It waited for a free connection until its time was up.
          if (timedOut) started.abort(new Error('deadline passed'));
        },
        onResponseStart(_controller, statusCode, received) {
          if (statusCode < 200) return;
          status = statusCode;
          answerHeaders = received;
          onHeaders(received);
        },
        onResponseData(_controller, chunk) {
          chunks.push(chunk);
        },
        onResponseEnd() {
          clearTimeout(timer);
          resolve({ status, headers: answerHeaders, body: Buffer.concat(chunks) });
        },
        onResponseError(_controller, cause) {
          clearTimeout(timer);
          resolve({ failed: status === 0 ? 'unreachable' : 'cut', cause });
        },
      },
    );
  });
}
