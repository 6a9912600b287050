import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw, zstdDecompress } from 'node:zlib';

/** More than one coding is legal, and nobody does it; a long chain is a bomb. */
const CODINGS_MAX = 2;

type Decompress = (bytes: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>;

const GUNZIP: Decompress = promisify(gunzip);
const INFLATE: Decompress = promisify(inflate);
const INFLATE_RAW: Decompress = promisify(inflateRaw);

const DECOMPRESS: Readonly<Record<string, Decompress>> = {
  identity: async (bytes) => bytes,
  gzip: GUNZIP,
  'x-gzip': GUNZIP,
  // By its standard with a header of zlib, by the habit of some servers without.
  deflate: (bytes, options) => (((bytes[0] ?? 0) & 0x0f) === 8 ? INFLATE : INFLATE_RAW)(bytes, options),
  br: promisify(brotliDecompress),
  zstd: promisify(zstdDecompress),
};

/**
 * The body as it was before it was compressed, whatever was asked for: proxies compress unasked. Rejects when a coding is
 * unknown, the bytes are not of it, or more than `max` bytes come out.
 */
export async function decompressed(
  body: Buffer,
  encoding: string | string[] | undefined,
  max: number,
): Promise<Buffer> {
  const codings = [encoding ?? []].flat().flatMap((value) => value.split(','));
  const names = codings.map((name) => name.trim().toLowerCase()).filter((name) => name !== '');
  if (names.length === 0 || body.length === 0) return body;
  if (names.length > CODINGS_MAX) throw new Error(`it is compressed ${names.length} times`);
  let bytes = body;
  for (const name of names.reverse()) {
    const decompress = Object.hasOwn(DECOMPRESS, name) ? DECOMPRESS[name] : undefined;
    if (decompress === undefined) throw new Error('it is compressed in a way that is not known');
    bytes = await decompress(bytes, { maxOutputLength: max });
  }
  return bytes;
}
