import type { TSchema } from 'typebox';
import { Settings } from 'typebox/system';
import { Value } from 'typebox/value';

/** Errors that are told of one value. No form that people fill in has as many fields; bodies from strangers may. */
export const SCHEMA_ERRORS_MAX = 256;

/** What is wrong with a value, all of it: the validator by itself stops after eight. One more than the bound: there are more. */
export function schemaErrors(schema: TSchema, value: unknown): ReturnType<typeof Value.Errors> {
  const { maxErrors } = Settings.Get();
  Settings.Set({ maxErrors: SCHEMA_ERRORS_MAX + 1 });
  try {
    return Value.Errors(schema, value);
  } finally {
    Settings.Set({ maxErrors });
  }
}
