import { Body, type PipeTransform, Query } from '@nestjs/common';
import type { z } from 'zod';
import { parseQuery } from './query';
import { validate } from './schema';

export type Valid<Schema extends z.ZodType> = z.output<Schema>;

class BodyPipe<Schema extends z.ZodType> implements PipeTransform {
  constructor(
    private readonly schema: Schema,
    private readonly ifMissing?: object,
  ) {}

  transform(body: unknown): Valid<Schema> {
    return validate(this.schema, body ?? this.ifMissing);
  }
}

class QueryPipe<Shape extends z.core.$ZodLooseShape> implements PipeTransform {
  constructor(private readonly schema: z.ZodObject<Shape, z.core.$strict>) {}

  transform(raw: unknown): Valid<z.ZodObject<Shape, z.core.$strict>> {
    return parseQuery(this.schema, raw);
  }
}

/** The body as the schema has it, a `Valid<typeof schema>`; refused with every fault by name. */
export function ValidBody(schema: z.ZodType, ifMissing?: object): ParameterDecorator {
  return Body(new BodyPipe(schema, ifMissing));
}

/** The query as the schema has it. */
export function ValidQuery<Shape extends z.core.$ZodLooseShape>(
  schema: z.ZodObject<Shape, z.core.$strict>,
): ParameterDecorator {
  return Query(new QueryPipe(schema));
}
