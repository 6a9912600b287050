import { createRequire } from 'node:module';
import type * as Kafka from '@platformatic/kafka';

/** The client library. Its import takes half a second of CPU, so it is loaded by {@link loadKafka}, and only its types before. */
export type KafkaModule = typeof Kafka;

type Validate = ((value: unknown) => boolean) & { errors?: unknown };

interface SchemaCompiler {
  compile(schema: object): Validate;
}

let loading: Promise<KafkaModule> | undefined;

/**
 * While it is imported the library compiles some forty schemas of its clients' options: 40 % of its loading, and 14 MB. Only
 * its `strict` option, which is off, has options checked. So each is compiled when it is first used, by the same compiler.
 */
export function loadKafka(): Promise<KafkaModule> {
  loading ??= importLazily().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function importLazily(): Promise<KafkaModule> {
  const { Ajv2020 } = createRequire(import.meta.resolve('@platformatic/kafka'))('ajv/dist/2020.js');
  const compiler: SchemaCompiler = Ajv2020.prototype;
  const { compile } = compiler;
  compiler.compile = function (this: SchemaCompiler, schema) {
    let compiled: Validate | undefined;
    const validate: Validate = (value) => {
      compiled ??= compile.call(this, schema);
      const isValid = compiled(value);
      validate.errors = compiled.errors;
      return isValid;
    };
    return validate;
  };
  try {
    return await import('@platformatic/kafka');
  } finally {
    compiler.compile = compile;
  }
}
