import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { ConfigError } from './config';
import { parseUsd } from './money';

const RESOLUTIONS = ['480p', '720p', '1080p'] as const;
const ID = /^[A-Za-z0-9][A-Za-z0-9._/-]{0,127}$/;

const name = z.string().regex(ID, 'is 1 to 128 letters, digits, dots, dashes, underscores and slashes');
const perResolution = <Value extends z.ZodType>(value: Value) => z.partialRecord(z.enum(RESOLUTIONS), value);
const usdPerSecond = z
  .union([z.string(), z.number()])
  .transform((given) => parseUsd(String(given)))
  .refine((micros) => micros !== undefined && micros > 0n, 'is an amount in US dollars above 0 with at most 6 decimals')
  .transform((micros) => micros!);

const model = z
  .strictObject({
    id: name,
    aliases: z.array(name).max(100).default([]),
    description: z.string().min(1).max(1_000),
    job_class: z.string().min(1).max(64),
    modes: z.array(z.enum(['text_to_video', 'image_to_video'])).min(1),
    resolutions: z.array(z.enum(RESOLUTIONS)).min(1),
    aspect_ratios: z.array(z.enum(['16:9', '9:16', '1:1'])).min(1),
    max_duration_seconds: z.number().int().min(1).max(10),
    expected_seconds: perResolution(z.number().positive().max(3_600)).default({}),
    prices: perResolution(usdPerSecond).default({}),
    engines: z.enum(['own', 'own_then_remote', 'remote']).default('own'),
    remote_cost: perResolution(usdPerSecond).default({}),
  })
  .superRefine((given, context) => {
    for (const field of ['expected_seconds', 'prices', 'remote_cost'] as const)
      for (const resolution of Object.keys(given[field]))
        if (!given.resolutions.some((sold) => sold === resolution))
          context.addIssue({ code: 'custom', path: [field, resolution], message: 'is not among its resolutions' });
    for (const resolution of given.engines === 'own' ? [] : given.resolutions)
      if (given.remote_cost[resolution] === undefined)
        context.addIssue({
          code: 'custom',
          path: ['remote_cost', resolution],
          message: 'is required where engines is own_then_remote or remote',
        });
  });

const catalogue = z
  .array(model)
  .min(1)
  .max(100)
  .superRefine((models, context) => {
    const taken = new Set<string>();
    const take = (called: string, path: (string | number)[]) => {
      if (taken.has(called))
        context.addIssue({ code: 'custom', path, message: 'is the id or an alias of another model, too' });
      taken.add(called);
    };
    models.forEach(({ id }, index) => take(id, [index, 'id']));
    models.forEach(({ job_class: jobClass, engines }, index) => {
      if (models.find((model) => model.job_class === jobClass)!.engines !== engines)
        context.addIssue({
          code: 'custom',
          path: [index, 'engines'],
          message: 'is another than that of the model before it with the same job_class',
        });
    });
    models.forEach(({ aliases }, index) => aliases.forEach((alias, place) => take(alias, [index, 'aliases', place])));
  });

/** One entry of the catalogue that customers choose from. */
export type CatalogueModel = z.output<typeof model>;

function readCatalogue(text: string, context: z.RefinementCtx): readonly CatalogueModel[] {
  let given: unknown;
  try {
    given = parse(text);
  } catch {
    context.addIssue({ code: 'custom', message: 'is no YAML or JSON' });
    return z.NEVER;
  }
  const parsed = catalogue.safeParse(given);
  if (parsed.success) return parsed.data;
  for (const { path, message } of parsed.error.issues)
    context.addIssue({ code: 'custom', message: `${z.core.toDotPath(path) || 'the whole'}: ${message}` });
  return z.NEVER;
}

function readCatalogueFile(path: string, context: z.RefinementCtx): readonly CatalogueModel[] {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    context.addIssue({ code: 'custom', message: 'names no file that can be read' });
    return z.NEVER;
  }
  return readCatalogue(text, context);
}

/** Of every service that must know what is sold: the scheduler offers the models, the ledger prices them. */
export const catalogueSettings = {
  MODELS_FILE: z
    .string()
    .min(1)
    .transform(readCatalogueFile)
    .optional()
    .describe(
      'A YAML file of the models that customers may choose, a list of `id`, `aliases`, `description`, `job_class`, `modes`, `resolutions`, `aspect_ratios`, `max_duration_seconds`, and, each by resolution, `expected_seconds` of an engine and `prices` in US dollars, both for one second of video; and of hosted engines `engines` (`own`, `own_then_remote` or `remote`) and their `remote_cost`.',
    ),
  MODELS: z
    .string()
    .transform(readCatalogue)
    .optional()
    .describe('The same list itself, as YAML or JSON. Neither: `test-picture`, a test engine.'),
};

/** The catalogue that was configured; undefined: none. */
export function configuredModels(config: {
  readonly MODELS?: readonly CatalogueModel[] | undefined;
  readonly MODELS_FILE?: readonly CatalogueModel[] | undefined;
}): readonly CatalogueModel[] | undefined {
  if (config.MODELS && config.MODELS_FILE) throw new ConfigError(['MODELS: is not set beside MODELS_FILE']);
  return config.MODELS_FILE ?? config.MODELS;
}
