type Json = Record<string, unknown>;

interface Schema extends Json {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly description?: string;
  readonly enum?: readonly (string | null)[];
  readonly const?: unknown;
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly oneOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly additionalProperties?: boolean | Schema;
}

type Content = Readonly<Record<string, { readonly schema: Schema }>>;

interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description: string;
  readonly parameters: readonly { name: string; in: string; required: boolean; description?: string; schema: Schema }[];
  readonly requestBody?: { readonly content: Content };
  readonly responses: Readonly<Record<string, { readonly description: string; readonly content?: Content }>>;
}

interface Document {
  readonly info: { readonly title: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

const FOLDER = '/docs/reference';
const OBJECTS = `${FOLDER}/objects.md`;
const LIMITS = [
  'minimum',
  'maximum',
  'minLength',
  'maxLength',
  'minItems',
  'maxItems',
  'maxProperties',
  'format',
  'deprecated',
];

function pathOfTag(name: string): string {
  return `${FOLDER}/${name.toLowerCase().replace(/[^a-z0-9]+/g, '-')}.md`;
}

/** The pages of the reference for programs that read, by path: one for each tag, one for all objects, and llms.txt (https://llmstxt.org). */
export function markdownPages(document: Json): Readonly<Record<string, string>> {
  const whole = document as unknown as Document;
  const { tags, components } = whole;
  return {
    '/llms.txt': llmsText(whole),
    ...Object.fromEntries(tags.map((tag) => [pathOfTag(tag.name), tagPage(tag, whole)])),
    [OBJECTS]: `# Objects\n\n${Object.entries(components.schemas)
      .map(([name, schema]) => `## ${name}\n\n${prose(schema.description)}${fields(schema)}`)
      .join('\n')}`,
  };
}

function llmsText({ info, servers, tags }: Document): string {
  const base = (servers[0]?.url ?? '').replace(/\/$/, '');
  const links = tags.map(({ name, description }) => `- [${name}](${base}${pathOfTag(name)}): ${description}`);
  return `# ${info.title}

> ${info.description}

Base URL: ${base}. Authenticate with \`Authorization: Bearer usv_live_…\` or \`usv_test_…\`; a test key costs nothing. Agents can use the
Model Context Protocol at ${base}/mcp with the same header.

## Reference

${links.join('\n')}
- [Objects](${base}${OBJECTS}): Every object that is sent or answered.
- [OpenAPI](${base}/openapi.json): All of it for machines.
`;
}

function tagPage({ name, description }: Document['tags'][number], { paths }: Document): string {
  const sections = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(name))
      .map(([method, operation]) => section(`${method.toUpperCase()} ${path}`, operation)),
  );
  return `# ${name}\n\n${description}\n\n${sections.join('\n')}`;
}

function section(name: string, { summary, description, parameters, requestBody, responses }: Operation): string {
  const sent = Object.values(requestBody?.content ?? {}).map(({ schema }) => `Body: ${typeOf(schema)}\n\n`);
  const taken = parameters.map(
    (each) =>
      `- \`${each.name}\` (${each.in}${each.required ? ', required' : ''}): ${rule({ ...each.schema, description: each.description ?? each.schema.description ?? '' })}`,
  );
  const answers = Object.entries(responses).map(
    ([status, { description: says, content }]) =>
      `- ${status}: ${says}${Object.entries(content ?? {})
        .map(([type, { schema }]) => ` ${typeOf(schema)} (${type})`)
        .join(',')}`,
  );
  return `## \`${name}\`\n\n${summary}. ${description}\n\n${sent.join('')}${taken.length > 0 ? `${taken.join('\n')}\n\n` : ''}Answers:\n\n${answers.join('\n')}\n`;
}

function fields({ properties, required = [] }: Schema): string {
  return `${Object.entries(properties ?? {})
    .map(([name, schema]) => `- \`${name}\`${required.includes(name) ? '' : ' (may be absent)'}: ${rule(schema)}`)
    .join('\n')}\n`;
}

/** Type, limits and words of one field in a line. */
function rule(schema: Schema): string {
  const limits = LIMITS.filter((limit) => schema[limit] !== undefined).map(
    (limit) => `${limit} ${String(schema[limit])}`,
  );
  return [typeOf(schema), ...limits].join(', ') + (schema.description ? `. ${schema.description}` : '');
}

function typeOf(schema: Schema): string {
  if (schema.$ref) return link(schema.$ref);
  const alternatives = schema.oneOf ?? schema.anyOf;
  if (alternatives) return alternatives.map(typeOf).join(' or ');
  if (schema.enum) return schema.enum.map((value) => `\`${String(value)}\``).join(' | ');
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.items) return `list of ${typeOf(schema.items)}`;
  if (schema.properties)
    return `object of ${Object.entries(schema.properties)
      .map(([name, part]) => `\`${name}\` (${typeOf(part)})`)
      .join(', ')}`;
  if (typeof schema.additionalProperties === 'object') return `map of ${typeOf(schema.additionalProperties)}`;
  return [schema.type ?? 'any'].flat().join(' or ');
}

function link(reference: string): string {
  const name = reference.split('/').at(-1)!;
  return `[${name}](${OBJECTS}#${name.toLowerCase()})`;
}

function prose(description: string | undefined): string {
  return description ? `${description}\n\n` : '';
}
