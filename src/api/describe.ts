import { version } from '../lib/version.ts';
import {
  type DescribedResponse,
  OPENAPI,
  ROUTE_SCHEMAS,
  type RouteSchema,
  SECURITY_SCHEMES,
  TOO_LARGE,
} from './openapi.ts';

/** What the description needs to know of a route. */
export interface DescribedRoute {
  /** Left out: GET. */
  readonly method?: 'POST';
  /** With `:names` for what is variable. */
  readonly url: string;
  /** undefined: it is for people, and not described. */
  readonly describedAs: keyof typeof ROUTE_SCHEMAS | undefined;
}

type Node = Readonly<Record<string, unknown>>;

const JSON_TYPE = 'application/json';
/** Any request may be refused so. */
const REFUSED = { 431: { $ref: '#/components/responses/TooLarge' } };

/**
 * The OpenAPI 3.1 document of these routes. A schema with an `$id` is a component of that name, so that generated clients have
 * short names; it is written once.
 */
export function describeApi(routes: readonly DescribedRoute[]): object {
  const schemas: Record<string, unknown> = {};
  const paths: Record<string, Record<string, unknown>> = {};
  for (const { method = 'GET', url, describedAs } of routes) {
    if (describedAs === undefined) continue;
    const path = url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] ??= {};
    paths[path][method.toLowerCase()] = operationOf(ROUTE_SCHEMAS[describedAs], schemas);
  }
  const tooLarge = responseOf(TOO_LARGE, schemas);
  return {
    openapi: '3.1.0',
    info: { ...OPENAPI.info, version },
    servers: OPENAPI.servers,
    security: OPENAPI.security,
    paths,
    components: {
      schemas: Object.fromEntries(Object.entries(schemas).sort(([a], [b]) => (a < b ? -1 : 1))),
      responses: { TooLarge: tooLarge },
      securitySchemes: SECURITY_SCHEMES,
    },
  };
}

function operationOf(schema: RouteSchema, schemas: Record<string, unknown>): object {
  const { operationId, summary, params, querystring, headers, body, response, security } = schema;
  const parameters = [
    ...parametersOf('path', params, schemas),
    ...parametersOf('query', querystring, schemas),
    ...parametersOf('header', headers, schemas),
  ];
  const responses = Object.entries(response).map(([status, answer]) => [status, responseOf(answer, schemas)]);
  return {
    operationId,
    summary,
    ...(security === undefined ? {} : { security }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: bodyOf(body, schemas) }),
    responses: { ...Object.fromEntries(responses), ...REFUSED },
  };
}

function parametersOf(where: string, schema: object | undefined, schemas: Record<string, unknown>): object[] {
  if (schema === undefined) return [];
  const { properties, required } = asNode(schema);
  const needed = Array.isArray(required) ? required : [];
  return Object.entries(asNode(properties)).map(([name, property]) => {
    const { description, examples, ...rest } = asNode(property);
    return {
      in: where,
      name,
      ...(description === undefined ? {} : { description }),
      ...(needed.includes(name) || where === 'path' ? { required: true } : {}),
      ...(Array.isArray(examples) ? { example: examples[0] } : {}),
      schema: hoisted(rest, schemas),
    };
  });
}

function bodyOf(schema: object, schemas: Record<string, unknown>): object {
  const { examples, ...rest } = asNode(schema);
  const example = Array.isArray(examples) ? { example: examples[0] } : {};
  return { required: true, content: { [JSON_TYPE]: { schema: hoisted(rest, schemas), ...example } } };
}

function responseOf({ description, headers, content }: DescribedResponse, schemas: Record<string, unknown>): object {
  const described = Object.entries(headers ?? {}).map(([name, { description: text, ...schema }]) => [
    name,
    { description: text, schema },
  ]);
  const contents = Object.entries(content ?? {}).map(([type, { schema }]) => [
    type,
    { schema: hoisted(schema, schemas) },
  ]);
  return {
    description,
    ...(described.length === 0 ? {} : { headers: Object.fromEntries(described) }),
    ...(contents.length === 0 ? {} : { content: Object.fromEntries(contents) }),
  };
}

/** The schema as JSON, with references in place of what has an `$id`. */
function hoisted(value: unknown, schemas: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((entry) => hoisted(entry, schemas));
  if (typeof value !== 'object' || value === null) return value;
  const { $id: id, ...rest } = asNode(value);
  if (typeof id !== 'string') return plain(rest, schemas);
  if (!Object.hasOwn(schemas, id)) {
    // Taken at once, so that a schema within itself ends here.
    schemas[id] = undefined;
    schemas[id] = plain(rest, schemas);
  }
  return { $ref: `#/components/schemas/${id}` };
}

/** Generators want the type of a list of words said. */
function plain(schema: Node, schemas: Record<string, unknown>): unknown {
  const entries = Object.entries(schema).map(([key, inner]) => [key, hoisted(inner, schemas)]);
  const words = schema['enum'];
  const isOfWords = Array.isArray(words) && words.every((word) => typeof word === 'string');
  return { ...(isOfWords ? { type: 'string' } : {}), ...Object.fromEntries(entries) };
}

function asNode(value: unknown): Node {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
