import { Type } from 'typebox';
import { DEGRADABLE } from '../domain/freshness.ts';
import { PARTS } from '../domain/part.ts';
import { STATS } from '../domain/stat.ts';

/** What several documents share. An `$id` is the name of the component in openapi.json, and of the type in generated clients. */
export const closed = { additionalProperties: false };

export const uint32 = Type.Integer({ minimum: 0, maximum: 4_294_967_295 });

export const count = Type.Integer({ minimum: 0 });

export const StatName = Type.Enum([...STATS], { $id: 'StatName' });

export const PartName = Type.Enum([...PARTS], { $id: 'PartName' });

export const Degraded = Type.Object(
  { degraded: Type.Array(Type.Enum([...DEGRADABLE]), { minItems: 1 }) },
  { ...closed, $id: 'Degraded', description: 'What the best known values may lack. Left out when nothing does.' },
);
