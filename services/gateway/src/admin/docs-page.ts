type Json = Record<string, unknown>;

interface Operation {
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly parameters: readonly { name: string; in: string; required: boolean; description?: string; schema: Json }[];
  readonly requestBody?: { content: Record<string, { schema: { $ref?: string } }> };
  readonly responses: Record<string, { description: string }>;
}

interface Property extends Json {
  readonly description?: string;
}

const STYLE = `
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1a1a1a;background:#fff}
code,th{font-family:ui-monospace,monospace;font-size:.9em}h2{margin-top:3rem}h3 code{background:#eef;padding:.1em .4em;border-radius:.3em}
table{border-collapse:collapse;width:100%;margin:.5rem 0 1rem}td,th{border-top:1px solid #ddd;padding:.3rem .6rem;text-align:left;vertical-align:top}
@media(prefers-color-scheme:dark){body{background:#111;color:#ddd}h3 code{background:#223}td,th{border-color:#333}a{color:#9cf}}`;

/** The reference of the admin port as one page of HTML that loads nothing. */
export function renderDocs(document: Json): string {
  const { info, servers, paths, components } = document as {
    info: { title: string; description: string };
    servers: { url: string }[];
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, { properties?: Record<string, Property>; required?: string[] }> };
  };
  const entries = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
  const sections = [...Map.groupBy(entries, (entry) => entry.operation.tags[0] ?? '')].map(
    ([tag, group]) =>
      `<h2>${escape(tag)}</h2>${group.map(({ path, method, operation }) => renderOperation(method, path, operation, components.schemas)).join('')}`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escape(info.title)}</title>
<style>${STYLE}</style></head><body><h1>${escape(info.title)}</h1><p>${escape(info.description)}</p>
<p>Base <code>${escape(servers[0]?.url ?? '')}</code>. Authenticate with <code>Authorization: Bearer usv_op_…</code>. Machine-readable: <code>/admin/v1/openapi.json</code>.</p>
${sections.join('\n')}</body></html>`;
}

function renderOperation(
  method: string,
  path: string,
  operation: Operation,
  schemas: Record<string, { properties?: Record<string, Property>; required?: string[] }>,
): string {
  // A body that is passed on as it is has no schema of ours.
  const [type] = Object.values(operation.requestBody?.content ?? {});
  const reference = type?.schema.$ref;
  const body = reference === undefined ? undefined : schemas[reference.split('/').at(-1)!];
  const fields = Object.entries(body?.properties ?? {}).map(([name, property]) =>
    row(name, 'body', body?.required?.includes(name) ?? false, property),
  );
  const parameters = operation.parameters.map(({ name, in: place, required, description, schema }) =>
    row(name, place, required, { ...schema, description }),
  );
  const accepts = [...parameters, ...fields].join('');
  const answers = Object.entries(operation.responses)
    .map(([status, { description }]) => `<tr><th>${status}</th><td>${escape(description)}</td></tr>`)
    .join('');
  return `<h3><code>${method.toUpperCase()} ${escape(path)}</code> ${escape(operation.summary)}</h3>${operation.description ? `<p>${escape(operation.description)}</p>` : ''}
${accepts ? `<table>${accepts}</table>` : ''}<table>${answers}</table>`;
}

function row(name: string, place: string, required: boolean, { description, ...schema }: Property): string {
  return `<tr><th>${escape(name)}</th><td>${place}${required ? ', required' : ''}</td><td>${escape(description ?? '')} <code>${escape(summary(schema))}</code></td></tr>`;
}

/** The rule in a line: enumerations, bounds and defaults as they stand in the schema. */
function summary(schema: Json): string {
  return Object.entries(schema)
    .filter(
      ([name, value]) =>
        [
          'type',
          'enum',
          'minimum',
          'maximum',
          'minLength',
          'maxLength',
          'default',
          'maxProperties',
          'deprecated',
        ].includes(name) && value !== undefined,
    )
    .map(([name, value]) => (name === 'type' ? String(value) : `${name}: ${JSON.stringify(value)}`))
    .join(', ');
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
