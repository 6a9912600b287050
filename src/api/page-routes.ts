import type { Tenant } from '../domain/tenant.ts';
import { AppError } from '../lib/app-error.ts';
import type { Page, PageFile } from '../page/page.ts';
import { Answer, ok } from './answer.ts';
import type { Handler } from './handling.ts';

export const PAGE_URL = '/';
export const PAGE_FILE_URL = '/page/:file';
export const PAGE_SERVICE_URL = '/page/service.json';

/** What the page is told of the service that serves it. */
export interface PageFacts {
  readonly mode: 'kafka' | 'demo';
  /** Who is meant when no header names a tenant. */
  readonly unnamedTenant: Tenant | undefined;
}

const COMMON = { 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' };

/** The page, read at the first request for it: a start does not wait for what nobody may want. Read anew after a failure. */
export function createPageHandlers(
  facts: PageFacts,
  read = readPage,
): {
  readonly document: Handler;
  readonly file: Handler;
  readonly service: Handler;
} {
  let loading: Promise<Page> | undefined;
  const load = (): Promise<Page> => {
    loading ??= read().catch((error: unknown) => {
      loading = undefined;
      throw error;
    });
    return loading;
  };
  const service = ok(JSON.stringify(facts));
  return {
    async document({ raw }) {
      if (raw.url === '*') throw new AppError('NOT_FOUND', 'there is no such resource.'); // the router takes it for `/`
      const { document, policy } = await load();
      const headers = { 'content-security-policy': policy, 'referrer-policy': 'no-referrer' };
      return answerOf(document, raw.headers['if-none-match'], headers);
    },
    async file({ raw, params }) {
      const name = typeof params === 'object' && params !== null && 'file' in params ? String(params.file) : '';
      const file = (await load()).file(name);
      if (file === undefined) throw new AppError('NOT_FOUND', 'there is no such resource.');
      return answerOf(file, raw.headers['if-none-match']);
    },
    service: () => service,
  };
}

async function readPage(): Promise<Page> {
  const { loadPage } = await import('../page/page.ts');
  return loadPage();
}

function answerOf({ type, body, tag }: PageFile, known: string | undefined, headers: Answer['headers'] = {}): Answer {
  const all = { ...COMMON, ...headers, etag: tag, 'content-type': type };
  return known === tag ? new Answer(304, '', all) : new Answer(200, body, all);
}
