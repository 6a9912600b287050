import { type TSchema, Type } from 'typebox';
import { ATTRIBUTES } from '../answers/stats-document.ts';
import { STATS } from '../domain/stat.ts';
import { closed, count, Degraded, StatName, uint32 } from './common-schema.ts';
import { ExplanationDocument } from './explain/explanation-schema.ts';
import {
  AskedDocument,
  ConsumersDocument,
  DeadLettersDocument,
  DriftDocument,
  ReadyDocument,
  RedriveDocument,
} from './operations-schema.ts';
import { PREVIEW_REQUEST_EXAMPLE, PreviewDocument, PreviewRequest } from './preview/preview-schema.ts';
import { HistoryDocument, ItemsDocument, RollDocument, TenantsDocument } from './watch-schema.ts';

export { ExplanationDocument } from './explain/explanation-schema.ts';
export * from './operations-schema.ts';
export { PreviewDocument, PreviewRequest as PreviewRequestDocument } from './preview/preview-schema.ts';
export { ChangeDocument, HistoryDocument, ItemsDocument, RollDocument, TenantsDocument } from './watch-schema.ts';

/** What the description says besides its routes. Its version is the package's. */
export const OPENAPI = {
  info: {
    title: 'effective-stats',
    description: 'Effective stats of the characters of a game world.',
    license: { name: 'MIT', identifier: 'MIT' },
  },
  servers: [{ url: '/', description: 'The service that this document comes from.' }],
  /** Open, unless an operation says otherwise. */
  security: [{}],
} as const;

const byte = Type.Integer({ minimum: 0, maximum: 255 });
const version = Type.Integer({ minimum: 0, maximum: 65_535 });

const Bonus = Type.Object(
  {
    source: Type.String({
      pattern: '^(equipment|buff|passive):-?\\d+$',
      description: 'What grants the bonus: asset, buff source or skill.',
    }),
    statType: StatName,
    amount: Type.Integer({ description: 'Flat.' }),
    multiplier: Type.Number({ description: 'Share of base and flat bonuses together.' }),
    basePercent: Type.Integer({ description: 'Percent of the base alone.' }),
  },
  { ...closed, $id: 'Bonus' },
);

export const StatsDocument = Type.Object(
  {
    data: Type.Object(
      {
        type: Type.Literal('effective-stats'),
        id: Type.String({ description: 'The character id.' }),
        attributes: Type.Object(
          {
            ...Object.fromEntries(STATS.map((stat) => [ATTRIBUTES[stat], uint32])),
            bonuses: Type.Optional(Type.Array(Bonus, { description: 'What counts. Left out when nothing does.' })),
          },
          { ...closed, $id: 'StatsAttributes' },
        ),
      },
      { ...closed, $id: 'StatsResource' },
    ),
    meta: Type.Optional(Degraded),
  },
  { ...closed, $id: 'Stats' },
);

export const ErrorDocument = Type.Object(
  {
    errors: Type.Array(
      Type.Object(
        {
          status: Type.String(),
          code: Type.String({ description: 'See docs/reference/errors.md.' }),
          title: Type.String(),
          detail: Type.String(),
          source: Type.Optional(
            Type.Union(
              [
                Type.Object({ header: Type.String() }, closed),
                Type.Object({ parameter: Type.String() }, closed),
                Type.Object({ pointer: Type.String() }, closed),
              ],
              { description: 'The header, query parameter or place in the body (JSON pointer) that is meant.' },
            ),
          ),
        },
        { ...closed, $id: 'ApiError' },
      ),
      { minItems: 1 },
    ),
  },
  { ...closed, $id: 'Errors' },
);

export interface DescribedResponse {
  readonly description: string;
  readonly headers?: Readonly<
    Record<string, { readonly description: string; readonly type: string; readonly format?: string }>
  >;
  /** By media type. Left out: it has no body. */
  readonly content?: Readonly<Record<string, { readonly schema: TSchema }>>;
}

/** What the description tells of a route. */
export interface RouteSchema {
  /** Names the operation in generated clients. */
  readonly operationId: string;
  readonly summary: string;
  readonly params?: TSchema;
  readonly querystring?: TSchema;
  readonly headers?: TSchema;
  readonly body?: TSchema;
  /** By status. */
  readonly response: Readonly<Record<number, DescribedResponse>>;
  /** Left out: everybody may. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

/** An answer with a body. */
function answer(description: string, schema: TSchema, contentType = 'application/json'): DescribedResponse {
  return { description, content: { [contentType]: { schema } } };
}

function retryable(description: string): DescribedResponse {
  const retryAfter = { type: 'integer', description: 'Seconds after which it may work.' };
  return { ...answer(description, ErrorDocument), headers: { 'Retry-After': retryAfter } };
}

/** Example of a parameter: together they ask for the demo's sample character. */
function like<S extends TSchema>(schema: S, example: string | number): S {
  return { ...schema, examples: [example] };
}

const characterParams = Type.Object({
  worldId: like(byte, 0),
  channelId: like(byte, 1),
  characterId: like(uint32, 999),
});

const characterHeaders = {
  TENANT_ID: like(Type.String({ format: 'uuid' }), '083839c6-c47c-42a6-9585-76492795d123'),
  REGION: like(Type.String({ minLength: 1, maxLength: 64 }), 'GMS'),
  MAJOR_VERSION: like(version, 83),
  MINOR_VERSION: like(version, 1),
  traceparent: Type.Optional(Type.String({ description: 'W3C trace context, handed on.' })),
  ENVIRONMENT: Type.Optional(Type.String({ description: 'Handed on.' })),
};

const stateHeaders = {
  ETag: { type: 'string', description: 'Of the body alone: the same from every replica.' },
  'State-Version': {
    type: 'integer',
    description: "Of the character's state in the replica that answers; rises with every change of it there.",
  },
  'State-As-Of': {
    type: 'string',
    format: 'date-time',
    description: 'When the part that was read the longest ago was read; events since then are in the answer.',
  },
};

const unanswered = {
  404: answer('The character service does not know the character.', ErrorDocument),
  503: retryable('Base stats cannot be had at the moment.'),
};

/** What any request may meet. */
export const TOO_LARGE = answer('The request line and headers are larger than 16 KB.', ErrorDocument);

const format = Type.Optional(
  Type.Enum(['json', 'text'], { default: 'json', description: 'text: 80 columns for a terminal.' }),
);

/**
 * The schemas of the routes. They describe and do not check: the stats route checks by hand, which is faster and can say what
 * is wrong with every field at once; the others take nothing.
 */
export const ROUTE_SCHEMAS = {
  stats: {
    operationId: 'getStats',
    summary: 'Effective stats of one character',
    params: characterParams,
    headers: Type.Object({
      ...characterHeaders,
      'If-None-Match': Type.Optional(Type.String({ description: 'The ETag of an answer that the client has.' })),
    }),
    response: {
      200: {
        ...answer('The effective stats, the best known ones when `meta.degraded` names something.', StatsDocument),
        headers: stateHeaders,
      },
      304: { description: 'The client has the answer already.', headers: stateHeaders },
      400: answer('A path id or tenant header is missing or not acceptable.', ErrorDocument),
      ...unanswered,
    },
  },
  explain: {
    operationId: 'explainStats',
    summary: 'Why the effective stats of one character are what they are',
    security: [{}, { admin: [] }],
    params: characterParams,
    querystring: Type.Object({
      format,
      stat: Type.Optional({ ...StatName, description: 'Only this one.' }),
    }),
    headers: Type.Object(characterHeaders),
    response: {
      200: {
        description: 'Everything that touches each number, in the order in which it is applied.',
        content: {
          'application/json': { schema: ExplanationDocument },
          'text/plain': { schema: Type.String() },
        },
      },
      400: answer('A path id, tenant header or parameter is missing or not acceptable.', ErrorDocument),
      401: answer('The bearer token is not the admin token, or none is set.', ErrorDocument),
      ...unanswered,
    },
  },
  preview: {
    operationId: 'previewStats',
    summary: 'What the effective stats of one character would be; nothing is stored',
    params: characterParams,
    querystring: Type.Object({ format }),
    headers: Type.Object(characterHeaders),
    body: { ...PreviewRequest, examples: [PREVIEW_REQUEST_EXAMPLE] },
    response: {
      200: answer('Before, after and their difference, and what happens to items.', PreviewDocument),
      400: answer(
        'A path id, tenant header or field of the body is missing or not acceptable, or names what is not there.',
        ErrorDocument,
      ),
      413: answer('The body is larger than 64 KB.', ErrorDocument),
      ...unanswered,
    },
  },
  roll: {
    operationId: 'listHeld',
    summary: 'Who is held',
    querystring: Type.Object({
      search: Type.Optional(Type.String({ description: 'The beginning of an id, or a part of a name.' })),
      'filter[world]': Type.Optional(byte),
      'filter[channel]': Type.Optional(byte),
      'filter[degraded]': Type.Optional(Type.Boolean()),
      'page[number]': Type.Optional(Type.Integer({ minimum: 1, default: 1 })),
      'page[size]': Type.Optional(Type.Integer({ minimum: 1, maximum: 250, default: 50 })),
    }),
    headers: Type.Object(characterHeaders),
    response: {
      200: answer('A page of them, by id.', RollDocument),
      400: answer('A tenant header or parameter is missing or not acceptable.', ErrorDocument),
    },
  },
  tenants: {
    operationId: 'listTenants',
    summary: 'Whose characters are held',
    response: { 200: answer('The tenants.', TenantsDocument) },
  },
  items: {
    operationId: 'findItems',
    summary: 'Items by a part of their name',
    querystring: Type.Object({ search: Type.Optional(Type.String()) }),
    headers: Type.Object(characterHeaders),
    response: {
      200: answer('As many as the data service finds at a time.', ItemsDocument),
      400: answer('A tenant header or parameter is missing or not acceptable.', ErrorDocument),
      503: retryable('The data service cannot be asked.'),
    },
  },
  history: {
    operationId: 'getChanges',
    summary: 'The last changes of one character, since somebody first asked for them',
    params: characterParams,
    headers: Type.Object(characterHeaders),
    response: {
      200: answer('What moved, when, and why.', HistoryDocument),
      400: answer('A path id or tenant header is missing or not acceptable.', ErrorDocument),
    },
  },
  changes: {
    operationId: 'watchChanges',
    summary: 'Changes as they come',
    querystring: Type.Object({ world: Type.Optional(byte), character: Type.Optional(uint32) }),
    headers: Type.Object({
      ...characterHeaders,
      'Last-Event-ID': Type.Optional(Type.String({ description: 'The last change that the client has.' })),
    }),
    response: {
      200: {
        description:
          'Server-Sent Events: `change` with a change as its data, and `missed` with how many could not be sent (null: unknown).',
        content: { 'text/event-stream': { schema: Type.String() } },
      },
      400: answer('A tenant header or parameter is missing or not acceptable.', ErrorDocument),
      503: retryable('Too many streams are open.'),
    },
  },
  ready: {
    operationId: 'getReadiness',
    summary: 'Whether requests should be sent here, and what is degraded',
    response: {
      200: answer('Ready.', ReadyDocument),
      503: retryable('Starting, stopping, or sharing its consumer group in memory mode.'),
    },
  },
  live: {
    operationId: 'getLiveness',
    summary: 'Whether the process answers',
    response: { 200: answer('It does.', Type.Object({ status: Type.Literal('live') }, { ...closed, $id: 'Live' })) },
  },
  metrics: {
    operationId: 'getMetrics',
    summary: 'Metrics for Prometheus',
    response: { 200: answer('In the Prometheus text format.', Type.String(), 'text/plain') },
  },
  consumers: {
    operationId: 'getConsumers',
    summary: 'Where consumption stands',
    response: { 200: answer('Per topic and partition.', ConsumersDocument) },
  },
  deadLetters: {
    operationId: 'getDeadLetters',
    summary: 'Records that could not be read',
    security: [{}, { admin: [] }],
    response: {
      200: answer('Where they lay and why they are dead; what they held only for the admin.', DeadLettersDocument),
      401: answer('The bearer token is not the admin token, or none is set.', ErrorDocument),
    },
  },
  redrive: {
    operationId: 'redriveDeadLetters',
    summary: 'Decode dead letters again and apply them',
    security: [{ admin: [] }],
    querystring: Type.Object({
      topic: Type.Optional(Type.String()),
      partition: Type.Optional(count),
      offset: Type.Optional(count),
    }),
    response: {
      200: answer('What became of them.', RedriveDocument),
      400: answer('A parameter is not acceptable.', ErrorDocument),
      401: answer('Not the admin token, or none is set.', ErrorDocument),
    },
  },
  reread: {
    operationId: 'rereadCharacter',
    summary: 'Re-read every part of a held character',
    security: [{ admin: [] }],
    params: characterParams,
    headers: Type.Object(characterHeaders),
    response: {
      200: answer('The reads are due.', AskedDocument),
      400: answer('A path id or tenant header is missing or not acceptable.', ErrorDocument),
      401: answer('Not the admin token, or none is set.', ErrorDocument),
      404: answer('The character is not held.', ErrorDocument),
    },
  },
  flush: {
    operationId: 'flushStaticData',
    summary: 'Ask for all static game data anew, e.g. after a data import',
    security: [{ admin: [] }],
    response: {
      200: answer('What is known serves until it is answered.', AskedDocument),
      401: answer('Not the admin token, or none is set.', ErrorDocument),
    },
  },
  drift: {
    operationId: 'getDrift',
    summary: 'Differences that audits have found and repaired, newest first',
    response: { 200: answer('1,000 at most.', DriftDocument) },
  },
  openapi: {
    operationId: 'getOpenApi',
    summary: 'This description',
    response: { 200: answer('OpenAPI 3.1.', Type.Object({})) },
  },
} as const satisfies Record<string, RouteSchema>;

export const SECURITY_SCHEMES = {
  admin: { type: 'http', scheme: 'bearer', description: 'The token of ADMIN_TOKEN.' },
} as const;
