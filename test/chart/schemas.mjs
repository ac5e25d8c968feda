// JSON schemas as kubeconform reads them, one for each kind, that know no other fields than the API server does.

/** As kubeconform's `{{.ResourceKind}}{{.KindSuffix}}`. */
function fileName(kind, group, version) {
  return `${[kind.toLowerCase(), group.split('.')[0], version].filter((part) => part !== '').join('-')}.json`;
}

/** Of the OpenAPI document of Kubernetes: each kind with all that it refers to. */
export function schemasOfSwagger({ definitions }) {
  const closed = Object.fromEntries(
    Object.entries(definitions).map(([name, definition]) => [name, strict(definition)]),
  );
  // They are written as numbers, too.
  closed['io.k8s.apimachinery.pkg.api.resource.Quantity'] = { type: ['string', 'number'] };
  closed['io.k8s.apimachinery.pkg.util.intstr.IntOrString'] = { type: ['string', 'integer'] };
  return Object.entries(definitions).flatMap(([name, definition]) =>
    (definition['x-kubernetes-group-version-kind'] ?? []).map(({ group, version, kind }) => {
      const needed = Object.fromEntries([...reachable(closed, name)].map((each) => [each, closed[each]]));
      return { file: fileName(kind, group, version), schema: { $ref: `#/definitions/${name}`, definitions: needed } };
    }),
  );
}

function reachable(definitions, name, seen = new Set()) {
  if (seen.has(name)) return seen;
  seen.add(name);
  for (const [, next] of JSON.stringify(definitions[name]).matchAll(/"#\/definitions\/([^"]+)"/g))
    reachable(definitions, next, seen);
  return seen;
}

/** Of the definition of a custom resource, which says all there is to know of each of its versions. */
export function schemasOfDefinition({ spec }) {
  return spec.versions.map(({ name, schema }) => {
    const closed = strict(schema.openAPIV3Schema);
    return {
      file: fileName(spec.names.kind, spec.group, name),
      schema: { ...closed, properties: { ...closed.properties, metadata: { type: 'object' } } },
    };
  });
}

function strict(schema) {
  if (Array.isArray(schema)) return schema.map(strict);
  if (schema === null || typeof schema !== 'object') return schema;
  if (schema['x-kubernetes-int-or-string'] === true) return { type: ['string', 'integer'] };
  const { properties, format: _format, ...rest } = schema;
  const inner = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, key === 'default' || key === 'enum' ? value : strict(value)]),
  );
  if (properties === undefined) return inner;
  const known = Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, strict(value)]));
  const isOpen =
    schema['x-kubernetes-preserve-unknown-fields'] === true ||
    schema.additionalProperties !== undefined ||
    rest.type === undefined;
  return { ...inner, properties: known, ...(isOpen ? {} : { additionalProperties: false }) };
}
