import { Refusal, invalidRequest } from '../refusals/refusal';

/** The fields of a form as the body of a JSON request would have them; a file becomes a data URI. @throws Refusal invalid_request */
export async function readForm(body: Buffer, contentType: string): Promise<Record<string, unknown>> {
  const form = await formOf(body, contentType);
  const members: Record<string, unknown> = {};
  for (const [name, value] of form.entries()) {
    // Objects come flattened, as input_reference[image_url].
    const [, outer = name, inner] = /^([^[\]]+)\[([^[\]]+)\]$/.exec(name) ?? [];
    if (Object.hasOwn(members, outer) && inner === undefined)
      throw invalidRequest([{ field: outer, message: 'is sent more than once' }]);
    const read =
      typeof value === 'string' ? value : `data:;base64,${Buffer.from(await value.arrayBuffer()).toString('base64')}`;
    Object.defineProperty(members, outer, {
      value: inner === undefined ? read : { [inner]: read },
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return members;
}

/** @throws Refusal invalid_request */
export async function formOf(body: Buffer, contentType: string): Promise<FormData> {
  try {
    return await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
  } catch {
    throw new Refusal('invalid_request', 'The body is not a complete multipart form.');
  }
}
