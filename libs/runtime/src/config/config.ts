import { z } from 'zod';

/** Every fault of a configuration at once; the text names variables and rules, never values. */
export class ConfigError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(
      `The configuration has ${faults.length} fault${faults.length === 1 ? '' : 's'}:\n${faults.map((f) => `  ${f}`).join('\n')}`,
    );
    this.name = 'ConfigError';
  }
}

export type ConfigSchema = z.ZodObject<Record<string, z.ZodType>>;
export type Environment = Readonly<Record<string, string | undefined>>;

/** Reads a service's settings. A variable set to the empty string counts as unset, as shells and Compose files produce it. */
export function readConfig<Schema extends ConfigSchema>(schema: Schema, env: Environment): z.output<Schema> {
  const given = Object.keys(schema.shape).flatMap((name) =>
    env[name] === undefined || env[name] === '' ? [] : [[name, env[name]]],
  );
  const parsed = schema.safeParse(Object.fromEntries(given));
  if (parsed.success) return parsed.data;
  const names = new Set(given.map(([name]) => name));
  throw new ConfigError(parsed.error.issues.map((issue) => faultOf(issue, names)));
}

function faultOf(issue: z.core.$ZodIssue, given: ReadonlySet<string | undefined>): string {
  const name = String(issue.path[0] ?? '(the whole)');
  return given.has(name) || issue.path.length === 0 ? `${name}: ${issue.message}` : `${name}: is required`;
}

/** A setting whose value appears in no log and no document. */
export function secret(): z.ZodString {
  return z.string().min(1).meta({ secret: true });
}

/** A server without this beginning would be looked for by some other name, for a minute, in vain. */
export function databaseUrl(): z.ZodString {
  return secret().refine(
    (text) => /^postgres(ql)?:\/\/./.test(text),
    'must be a PostgreSQL URL such as postgresql://user:password@host:5432/name',
  );
}

/** Of services with a database. */
export function databaseUrlFile() {
  return z
    .string()
    .min(1)
    .optional()
    .describe(
      'A file with that URL, whose password each new connection shows: one that is changed there needs no restart.',
    );
}

/** Comma-separated, blanks dropped; unset is the empty list. */
export function list() {
  return z
    .string()
    .default('')
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    );
}

/** The settings of a service as a Markdown table for its README. */
export function configTable(schema: ConfigSchema): string {
  const rows = Object.entries(schema.shape).map(([name, type]) => {
    const about = describe(type);
    return `| \`${name}\` | ${about.meaning.replaceAll('|', '\\|')}${about.secret ? ' **Secret.**' : ''} | ${about.fallback} |`;
  });
  return ['| variable | meaning | default |', '|---|---|---|', ...rows].join('\n');
}

interface About {
  meaning: string;
  fallback: string;
  secret: boolean;
}

/** Wrappers (`default`, `optional`, a pipe) are looked through: a description may be given before or after them. */
function describe(type: z.core.$ZodType): About {
  const meta = z.globalRegistry.get(type) as { description?: string; secret?: boolean } | undefined;
  const def = type._zod.def as {
    type: string;
    innerType?: z.core.$ZodType;
    in?: z.core.$ZodType;
    defaultValue?: unknown;
  };
  const inner = def.innerType ?? (def.type === 'pipe' ? def.in : undefined);
  const below = inner === undefined ? { meaning: '', fallback: 'required', secret: false } : describe(inner);
  return {
    meaning: meta?.description ?? below.meaning,
    secret: meta?.secret ?? below.secret,
    fallback: fallbackOf(def, below),
  };
}

function fallbackOf(def: { type: string; defaultValue?: unknown }, below: About): string {
  if (def.type === 'optional') return 'unset';
  if (def.type !== 'default' && def.type !== 'prefault') return below.fallback;
  if (below.secret) return 'set';
  return def.defaultValue === '' ? 'empty' : `\`${String(def.defaultValue)}\``;
}
