import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';

/** The certificates of a PEM file, or what was expected of it. */
export function readCertificates(path: string): { readonly pem: string } | { readonly expected: string } {
  try {
    const pem = readFileSync(path, 'utf8');
    // Takes the first and throws when there is none; without it, TLS would trust nobody and say so much later.
    new X509Certificate(pem);
    return { pem };
  } catch (error) {
    const why = error instanceof Error && 'code' in error && 'syscall' in error ? error.code : 'no certificate in it';
    return { expected: `a readable PEM file with certificates (${String(why)})` };
  }
}
