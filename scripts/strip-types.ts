/**
 * Makes JavaScript of the TypeScript below the given directories, in place: what Node does with each file at every start is done
 * once. Lines stay where they are. For the image; it takes no tests.
 */
import { glob, readFile, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

/** Specifiers of our own files. */
const OWN = /(\b(?:from|import)\s*\(?\s*'\.{1,2}\/[^']+)\.ts'/g;

for (const directory of process.argv.slice(2)) {
  for await (const name of glob('**/*.ts', { cwd: directory })) {
    const path = join(directory, name);
    if (!name.endsWith('.d.ts')) {
      const script = stripTypeScriptTypes(await readFile(path, 'utf8')).replaceAll(OWN, "$1.js'");
      await writeFile(path.replace(/\.ts$/, '.js'), script);
    }
    await rm(path);
  }
}
