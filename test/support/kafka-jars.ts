import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { outputOf, PrerequisiteMissing } from './process-guard.ts';

export const KAFKA_VERSION = '4.1.0';

const CACHE = join(import.meta.dirname, '..', '..', '.cache');

const POM = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>effective-stats</groupId>
  <artifactId>test-broker</artifactId>
  <version>1</version>
  <packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${KAFKA_VERSION}</version></dependency>
    <dependency><groupId>org.slf4j</groupId><artifactId>slf4j-simple</artifactId><version>1.7.36</version></dependency>
  </dependencies>
</project>
`;

/**
 * Folder with the Kafka broker's jars, fetched through Maven on first use and kept in `.cache/`.
 *
 * @throws PrerequisiteMissing without Java 17 or Maven
 */
export async function kafkaJars(progress: (line: string) => void): Promise<string> {
  await requireJava();
  const target = join(CACHE, `kafka-${KAFKA_VERSION}`);
  if (existsSync(target)) return target;
  if ((await outputOf('mvn', ['-version'], 20_000)) === undefined) {
    throw new PrerequisiteMissing('A Kafka broker for the tests needs Docker, or Maven beside Java 17: install Maven.');
  }
  await mkdir(CACHE, { recursive: true });
  const work = await mkdtemp(join(CACHE, 'maven-'));
  try {
    await writeFile(join(work, 'pom.xml'), POM);
    await copyDependencies(work, progress);
    // Renaming last: a run that is broken off leaves no half-filled folder behind.
    await rename(join(work, 'jars'), target).catch((error: unknown) => {
      if (!existsSync(target)) throw error;
    });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return target;
}

async function requireJava(): Promise<void> {
  const answer = await outputOf('java', ['-version'], 20_000);
  const major = Number(/version "(\d+)/.exec(answer ?? '')?.[1] ?? 0);
  if (major < 17) {
    const found = answer === undefined ? 'none is on the PATH' : `found ${major}`;
    throw new PrerequisiteMissing(
      `A Kafka broker for the tests needs KAFKA_BROKERS, Docker, or Java 17 or later with Maven (${found}).`,
    );
  }
}

function copyDependencies(work: string, progress: (line: string) => void): Promise<void> {
  const args = ['-B', 'dependency:copy-dependencies', '-DincludeScope=runtime', `-DoutputDirectory=${work}/jars`];
  const started = performance.now();
  let downloads = 0;
  let tail = '';
  const report = (): void =>
    progress(`fetching Kafka ${KAFKA_VERSION} through Maven, once: ${downloads} files, ${elapsed(started)}`);
  report();
  const timer = setInterval(report, 2_000);
  return new Promise<void>((resolve, reject) => {
    const maven = spawn('mvn', args, { cwd: work, stdio: ['ignore', 'pipe', 'pipe'] });
    const read = (chunk: Buffer): void => {
      const text = chunk.toString();
      downloads += text.split('Downloaded from').length - 1;
      tail = `${tail}${text}`.slice(-4_000);
    };
    maven.stdout.on('data', read);
    maven.stderr.on('data', read);
    maven.once('error', reject);
    maven.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`Maven could not fetch Kafka (exit code ${code}):\n${tail}`));
    });
  }).finally(() => clearInterval(timer));
}

function elapsed(since: number): string {
  return `${Math.round((performance.now() - since) / 1_000)} s`;
}
