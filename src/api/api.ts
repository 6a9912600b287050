import { type FastifyInstance, type FastifyRequest, fastify } from 'fastify';
import type { Explainer } from '../answers/explainer.ts';
import type { Previewer } from '../answers/previewer.ts';
import type { StatsReader } from '../answers/stats-reader.ts';
import type { Feed } from '../ingest/feed.ts';
import { AppError } from '../lib/app-error.ts';
import type { Clock } from '../lib/clock.ts';
import type { HttpRouteObserver, Metrics } from '../telemetry/metrics.ts';
import type { Tracing } from '../telemetry/tracing.ts';
import type { Names } from '../upstream/names.ts';
import type { ChangeLog } from '../watch/change-log.ts';
import type { Roll, RollReader } from '../watch/roll.ts';
import { createAdminCheck } from './admin-token.ts';
import { type Answer, ok } from './answer.ts';
import { createApiServer, LIMITS, REQUEST_HEADERS_MAX } from './api-server.ts';
import {
  CHANGES_URL,
  createChangeDocuments,
  createChangeStreams,
  createHistoryHandler,
  HISTORY_URL,
} from './change-routes.ts';
import { createCharacterRequestReader } from './character-request.ts';
import { refuseConnection } from './connection-refusal.ts';
import type { DescribedRoute } from './describe.ts';
import { answerOfError } from './error-mapper.ts';
import { createExplainHandler, EXPLAIN_URL } from './explain/explain-route.ts';
import { type Handler, handling, send } from './handling.ts';
import {
  createConsumersHandler,
  createDeadLettersHandler,
  createLiveHandler,
  createMetricsHandler,
  createReadyHandler,
  type DeadLetterView,
  namingReplica,
  type Readiness,
  type Replica,
} from './operations-routes.ts';
import {
  createDriftHandler,
  createFlushHandler,
  createRedriveHandler,
  createRereadHandler,
  DRIFT_URL,
  FLUSH_URL,
  type OperatorActions,
  REDRIVE_URL,
  REREAD_URL,
} from './operator-routes.ts';
import { createPageHandlers, PAGE_FILE_URL, PAGE_SERVICE_URL, PAGE_URL, type PageFacts } from './page-routes.ts';
import { createPlainRequestReader, type PlainRequest } from './plain-request.ts';
import { createPreviewHandler, PREVIEW_BODY_MAX, PREVIEW_URL } from './preview/preview-route.ts';
import { withoutQuery } from './query.ts';
import {
  createItemsHandler,
  createRollHandler,
  createTenantsHandler,
  ITEMS_URL,
  ROLL_URL,
  TENANTS_URL,
} from './roll-routes.ts';
import { createShedding } from './shedding.ts';
import { type StatsConnection, type StatsConnections, takeStatsConnections } from './stats-connections.ts';
import { createStatsAnswers, createStatsHandler, STATS_URL, type StatsAnswers } from './stats-route.ts';
import { createTenantRequestReader } from './tenant-request.ts';
import { traced } from './traced.ts';
import { createUrlMatcher } from './url-matcher.ts';

export interface ApiLogger {
  debug(details: object, message: string): void;
  error(details: object, message: string): void;
}

export interface ApiDeps {
  readonly reader: StatsReader;
  readonly explainer: Explainer;
  readonly previewer: Previewer;
  readonly names: Pick<Names, 'of' | 'ensure' | 'findItems'>;
  readonly watch: WatchSources;
  readonly page: PageFacts;
  readonly feed: Pick<Feed, 'health' | 'positions'>;
  readonly readiness: Readiness;
  readonly deadLetters: DeadLetterView;
  readonly operatorActions: OperatorActions;
  readonly metrics: Pick<Metrics, 'contentType' | 'expose' | 'httpRoute' | 'requestShed' | 'connectionRefused'>;
  /** Shows the payloads of dead letters; undefined: nobody sees them. */
  readonly adminToken: string | undefined;
  /** undefined: no span is made of requests. */
  readonly tracing?: Tracing | undefined;
  readonly logger: ApiLogger;
  readonly clock: Clock;
  readonly replica: Replica;
}

/** What people look at: who is held, and what changes. */
export interface WatchSources {
  readonly roll: Roll;
  readonly rollReader: RollReader;
  readonly changes: Pick<ChangeLog, 'history' | 'subscribe' | 'after'>;
  /** Any text without a dash that no other process has. */
  readonly run: string;
}

/** Bytes of a body. Only previews take a larger one. */
const BODY_MAX = 1_024;

/** How long, while the API closes, a connection without a request may stay, ms. */
const IDLE_AT_CLOSING_MS = 50;
/** How long it waits for any connection, ms: less than the time that the process has for its stop. */
const CLOSING_MS = 5_000;

/** The label in metrics of requests that no route takes. */
const UNMATCHED = 'unmatched';

/** The HTTP API, not listening. To be closed: it then finishes the requests under way and ends idle connections. */
export function createApi(deps: ApiDeps): FastifyInstance {
  const unmatched = deps.metrics.httpRoute(UNMATCHED);
  const errorAnswer = createErrorAnswer(deps.logger);
  const refuse = (error: Error, request: FastifyRequest): Answer => {
    const answer = errorAnswer(error, request);
    unmatched.answered(answer.status, 0);
    return answer;
  };
  const refuseUnrouted = (error: AppError): Answer => {
    const answer = answerOfError(error);
    unmatched.answered(answer.status, 0);
    return answer;
  };
  const app = fastify({
    // Errors are logged by the mapper, requests are counted: a logger of Fastify's would cost every request a child.
    logger: false,
    // The last requests are answered, with `Connection: close`, instead of refused without JSON:API.
    return503OnClosing: false,
    bodyLimit: BODY_MAX,
    // No route has a schema of Fastify's: without this it would load the compilers of such schemas all the same.
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    serverFactory: (handler) => createApiServer(handler, refuseUnrouted),
    // An id that is too long is a bad id, not an unknown route.
    // Slashes too many: the Go service redirects to the clean path, so a base URL that ends in two worked.
    routerOptions: { maxParamLength: REQUEST_HEADERS_MAX, ignoreTrailingSlash: true, ignoreDuplicateSlashes: true },
    frameworkErrors: (error, request, reply) => send(reply, refuse(error, request)),
    clientErrorHandler: (error, socket) => refuseConnection(error, socket, unmatched),
  });
  app.addHook('preClose', (done) => {
    streams.end();
    endConnections(app, statsConnections);
    done();
  });
  app.server.on('drop', deps.metrics.connectionRefused);
  app.setErrorHandler<Error>((error, request, reply) => send(reply, refuse(error, request)));
  // Whatever its type says, a body is text that its route reads or that nobody does; a large one is refused.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => done(null, body));

  const shedding = createShedding({ onShed: deps.metrics.requestShed });
  const handle = (handler: Handler, observer: HttpRouteObserver, refusalAt?: (now: number) => Answer | undefined) =>
    handling({ handler, send, observer, answerOfError: errorAnswer, clock: deps.clock, refusalAt });
  const statsAnswers = createStatsAnswers(deps.reader);
  const respondPlain = handling({
    handler: (asked: PlainRequest) => statsAnswers(asked, asked.ifNoneMatch),
    send: (to: StatsConnection, answer) => to.send(answer),
    observer: deps.metrics.httpRoute(STATS_URL),
    answerOfError: errorAnswer,
    clock: deps.clock,
    refusalAt: shedding.count,
  });
  // Spans are made of the framework's requests.
  const statsConnections =
    deps.tracing === undefined
      ? takeStatsConnections(app.server, {
          read: createPlainRequestReader(deps.page.unnamedTenant),
          respond: respondPlain,
          onSilent: (socket) => refuseConnection({ code: 'ERR_HTTP_REQUEST_TIMEOUT' }, socket, unmatched),
          timeouts: LIMITS,
        })
      : undefined;
  const refusalsOf = { hot: shedding.count, costly: shedding.refusal };
  const routes = routesOf(deps, statsAnswers, () => known);
  const streams = createChangeStreams(
    deps.watch.changes,
    createChangeDocuments(deps.names, deps.watch.run),
    createTenantRequestReader(deps.page.unnamedTenant),
  );
  const known: readonly DescribedRoute[] = [...routes, { url: CHANGES_URL, describedAs: 'changes' }];
  app.register(async (scope) => {
    for (const { method = 'GET', url, handler, load, bodyLimit = BODY_MAX } of routes) {
      const observer = deps.metrics.httpRoute(url);
      const named = url.startsWith('/api/debug/') ? namingReplica(handler, deps.replica) : handler;
      const handled = traced(handle(named, observer, load && refusalsOf[load]), url, deps.tracing);
      scope.route({ method, url, bodyLimit, handler: handled });
    }
    const observer = deps.metrics.httpRoute(CHANGES_URL);
    scope.get(CHANGES_URL, (request, reply) => {
      try {
        streams.stream(request, reply.raw);
        reply.hijack();
        observer.answered(200, 0);
      } catch (error) {
        const answer = errorAnswer(error, request);
        send(reply, answer);
        observer.answered(answer.status, 0);
      }
    });
  });
  const routeOf = createUrlMatcher(known);
  const refuseUrl: Handler = ({ url, method }) => {
    const route = routeOf(url);
    if (route === undefined) throw new AppError('NOT_FOUND', 'there is no such resource.');
    const allow = route.method ?? 'GET, HEAD';
    throw new AppError('METHOD_NOT_ALLOWED', `${method} is not among the methods of this resource.`, {
      details: { allow },
    });
  };
  app.setNotFoundHandler(handle(refuseUrl, unmatched));
  return app;
}

function noSchemas(): never {
  throw new TypeError('routes are without schemas');
}

/**
 * Ends idle connections until the server has closed: by itself it ends those that are idle when the closing begins, and not
 * those that wait for an answer then. Who has not sent a whole request by the end, or not read the answer, is not waited for: the process would be ended.
 */
function endConnections({ server }: FastifyInstance, statsConnections: StatsConnections | undefined): void {
  if (!server.listening) return;
  statsConnections?.closeIdle();
  const ending = setInterval(() => {
    statsConnections?.closeIdle();
    server.closeIdleConnections();
  }, IDLE_AT_CLOSING_MS);
  const patience = setTimeout(() => {
    statsConnections?.destroy();
    server.closeAllConnections();
  }, CLOSING_MS);
  server.once('close', () => {
    clearInterval(ending);
    clearTimeout(patience);
  });
}

interface Route extends DescribedRoute {
  readonly handler: Handler;
  /** Bytes. Left out: that of routes that take no body. */
  readonly bodyLimit?: number;
  /**
   * hot: asked by game services, whose commands wait meanwhile; never refused, however many come. costly: asked by people and
   * pages; refused when a turn has had its share. Left out: asked by probes and operators, to see what is wrong; never refused.
   */
  readonly load?: 'hot' | 'costly';
}

function routesOf(deps: ApiDeps, statsAnswers: StatsAnswers, known: () => readonly DescribedRoute[]): readonly Route[] {
  const requestOf = createCharacterRequestReader(deps.page.unnamedTenant);
  const tenantOf = createTenantRequestReader(deps.page.unnamedTenant);
  const documents = createChangeDocuments(deps.names, deps.watch.run);
  const page = createPageHandlers(deps.page);
  const admin = createAdminCheck(deps.adminToken);
  let description: Answer | undefined;
  const describeOnce: Handler = async () => {
    // What it is made of takes a fifth of a second to load, and few ever ask for it.
    const { describeApi } = await import('./describe.ts');
    description ??= ok(JSON.stringify(describeApi(known())));
    return description;
  };
  return [
    {
      url: STATS_URL,
      describedAs: 'stats',
      handler: createStatsHandler(statsAnswers, requestOf),
      load: 'hot',
    },
    {
      url: EXPLAIN_URL,
      describedAs: 'explain',
      handler: createExplainHandler(deps.explainer, deps.names, requestOf, admin),
      load: 'costly',
    },
    {
      method: 'POST',
      url: PREVIEW_URL,
      describedAs: 'preview',
      handler: createPreviewHandler(deps.previewer, deps.names, requestOf),
      bodyLimit: PREVIEW_BODY_MAX,
      load: 'costly',
    },
    {
      url: ROLL_URL,
      describedAs: 'roll',
      handler: createRollHandler(deps.watch.rollReader, tenantOf),
      load: 'costly',
    },
    {
      url: TENANTS_URL,
      describedAs: 'tenants',
      handler: withoutQuery(createTenantsHandler(deps.watch.roll)),
      load: 'costly',
    },
    {
      url: ITEMS_URL,
      describedAs: 'items',
      handler: createItemsHandler(deps.names, tenantOf),
      load: 'costly',
    },
    {
      url: HISTORY_URL,
      describedAs: 'history',
      handler: withoutQuery(createHistoryHandler(deps.watch.changes, documents, requestOf)),
      load: 'costly',
    },
    { url: '/api/readyz', describedAs: 'ready', handler: createReadyHandler(deps.readiness, deps.page.mode) },
    { url: '/api/livez', describedAs: 'live', handler: createLiveHandler() },
    { url: '/api/metrics', describedAs: 'metrics', handler: createMetricsHandler(deps.metrics) },
    {
      url: '/api/debug/consumers',
      describedAs: 'consumers',
      handler: withoutQuery(createConsumersHandler(deps.feed, deps.replica)),
    },
    {
      url: '/api/debug/dead-letters',
      describedAs: 'deadLetters',
      handler: withoutQuery(createDeadLettersHandler(deps.deadLetters, admin)),
    },
    {
      method: 'POST',
      url: REDRIVE_URL,
      describedAs: 'redrive',
      handler: createRedriveHandler(deps.operatorActions, admin),
    },
    {
      method: 'POST',
      url: REREAD_URL,
      describedAs: 'reread',
      handler: withoutQuery(createRereadHandler(deps.operatorActions, admin, requestOf)),
    },
    {
      method: 'POST',
      url: FLUSH_URL,
      describedAs: 'flush',
      handler: withoutQuery(createFlushHandler(deps.operatorActions, admin)),
    },
    { url: DRIFT_URL, describedAs: 'drift', handler: withoutQuery(createDriftHandler(deps.operatorActions)) },
    { url: '/metrics', describedAs: undefined, handler: createMetricsHandler(deps.metrics) },
    { url: PAGE_URL, describedAs: undefined, handler: page.document },
    { url: PAGE_SERVICE_URL, describedAs: undefined, handler: page.service },
    { url: PAGE_FILE_URL, describedAs: undefined, handler: page.file },
    { url: '/api/openapi.json', describedAs: 'openapi', handler: describeOnce },
  ];
}

/** Maps errors to answers and logs what the client is not told: defects as errors, known conditions only for debugging. */
function createErrorAnswer(
  logger: ApiLogger,
): (error: unknown, request: Pick<FastifyRequest, 'method' | 'url'>) => Answer {
  return (error, { method, url }) => {
    const answer = answerOfError(error);
    if (answer.status >= 500) {
      const details = { err: error, method, url, status: answer.status };
      if (error instanceof AppError && error.retryable) logger.debug(details, 'request not answered for now');
      else logger.error(details, 'request failed');
    }
    return answer;
  };
}
