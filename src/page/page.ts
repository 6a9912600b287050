import { hash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A file of the page, complete. */
export interface PageFile {
  readonly type: string;
  readonly body: string;
  /** Changes whenever the body does. */
  readonly tag: string;
}

/** The page as it is served: plain modules from memory, nothing from outside, no build. */
export interface Page {
  /** The document at `/`. */
  readonly document: PageFile;
  /** A module or style by its name below `/page/`; undefined: there is none such. */
  file(name: string): PageFile | undefined;
  /** Content-Security-Policy of the document. */
  readonly policy: string;
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
};

/** Packages by the names under which modules import them. */
const PACKAGES = {
  preact: 'preact.js',
  'preact/hooks': 'preact-hooks.js',
  htm: 'htm.js',
} as const;

const APP = join(import.meta.dirname, 'app');

/** Reads all files once. Rejects when one is missing: the installation is broken then. */
export async function loadPage(): Promise<Page> {
  const files = new Map<string, PageFile>();
  for (const name of await readdir(APP)) files.set(name, fileOf(name, await readFile(join(APP, name), 'utf8')));
  for (const [specifier, name] of Object.entries(PACKAGES)) {
    const text = await readFile(fileURLToPath(import.meta.resolve(specifier)), 'utf8');
    files.set(name, fileOf(name, text.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '\n')));
  }
  const document = files.get('index.html');
  if (document === undefined) throw new Error('index.html is missing from the page');
  files.delete('index.html');
  return { document, file: (name) => files.get(name), policy: policyOf(document.body) };
}

function fileOf(name: string, body: string): PageFile {
  return {
    type: TYPES[extname(name)] ?? 'application/octet-stream',
    body,
    tag: `"${hash('sha1', body, 'base64url')}"`,
  };
}

/**
 * Only what this service serves runs, shows or is asked; the import map is the one inline script, named by its hash. Trusted
 * types keep text from ever becoming markup, whatever a name from outside holds.
 */
function policyOf(document: string): string {
  const map = /<script type="importmap">([\s\S]*?)<\/script>/.exec(document)?.[1] ?? '';
  return [
    "default-src 'none'",
    `script-src 'self' 'sha256-${hash('sha256', map, 'base64')}'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
}
