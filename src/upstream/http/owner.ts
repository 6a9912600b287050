/*
 * Who gave an answer. Every Atlas service answers JSON:API, and says so in the content type also where the body is empty; a
 * proxy without a route, an ingress, or another service at a mistyped URL answers something else. What they say is never
 * taken for the service's word, least of all their 404s.
 */

import { isObject } from '../../wire/go-json.ts';
import { Undecodable } from '../../wire/undecodable.ts';
import type { HttpAnswer } from './exchange.ts';

/** The JSON is well-formed, and not a document of the service that was asked. */
export class ForeignDocument extends Undecodable {
  constructor(what: string) {
    super('invalid-field', what);
  }
}

const MEDIA_TYPE = /^[\w.+-]{1,40}\/[\w.+-]{1,40}$/;
const JSON_TYPE = /^(application|text)\/([\w.-]+\+)?json$/;

/**
 * Why a 200 or a 404 cannot be the service's own, in words for people and without what it holds; undefined: it may be.
 * `body` is what the answer holds once it is decompressed.
 */
export function strangeness({ status, headers }: HttpAnswer, body: string): string | undefined {
  const type = mediaTypeOf(headers['content-type']);
  const isJson = type !== undefined && JSON_TYPE.test(type);
  const isPage = body.trimStart().startsWith('<');
  const said = `a ${status} of ${type ?? 'no content type'}`;
  if (status === 200) {
    if (isPage) return `${said} that holds a page`;
    return isJson || type === undefined ? undefined : said;
  }
  if (body === '') return isJson ? undefined : `${said}, and empty`;
  if (isPage) return `${said} that holds a page`;
  return (isJson || type === undefined) && isErrorDocument(body) ? undefined : `${said} that holds no JSON:API error`;
}

/** In lower case and without parameters; undefined: none, or none that is well-formed. */
function mediaTypeOf(header: string | string[] | undefined): string | undefined {
  const type = typeof header === 'string' ? header.split(';', 1)[0]?.trim().toLowerCase() : undefined;
  return type !== undefined && MEDIA_TYPE.test(type) ? type : undefined;
}

function isErrorDocument(body: string): boolean {
  try {
    const document: unknown = JSON.parse(body);
    const errors = isObject(document) ? document.errors : undefined;
    return Array.isArray(errors) && errors.length > 0 && errors.every(isObject);
  } catch {
    return false;
  }
}
