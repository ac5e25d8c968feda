/** Reads Server-Sent Events (WHATWG HTML, 9.2). */
export interface ServerEvent {
  readonly id: string | undefined;
  readonly event: string;
  readonly data: string;
}

/** An event that does not end is no event: a bound for what is kept of one. */
const LONGEST_CHARACTERS = 4 * 1024 * 1024;

/**
 * Ends when the connection does.
 * @param idleMs without a single byte after which it throws: the platform says something every 15 s.
 * @param onId of a block that has an id and no data: where to go on before anything happened
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  idleMs: number,
  onId: (id: string) => void = () => undefined,
): AsyncGenerator<ServerEvent, void, undefined> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let raw = '';
  let text = '';
  try {
    for (;;) {
      const { done, value } = await within(reader.read(), idleMs);
      if (done) return;
      raw += decoder.decode(value, { stream: true });
      // A line feed that belongs to the last carriage return may be still on its way.
      const whole = raw.endsWith('\r') ? raw.length - 1 : raw.length;
      text += raw.slice(0, whole).replace(/\r\n?/g, '\n');
      raw = raw.slice(whole);
      for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
        const event = parse(text.slice(0, end));
        text = text.slice(end + 2);
        if (event.data !== '') yield event;
        else if (event.id !== undefined) onId(event.id);
      }
      if (text.length > LONGEST_CHARACTERS) throw new Error(`an event of more than ${LONGEST_CHARACTERS} characters`);
    }
  } finally {
    // What is left of the stream is of no interest, nor is that it cannot be cancelled any more.
    reader.cancel().catch(() => undefined);
  }
}

/** Without data it is no event; no event of the platform has an empty one. */
function parse(block: string): ServerEvent {
  const data: string[] = [];
  let id: string | undefined;
  let event = 'message';
  for (const line of block.split('\n')) {
    const [, name, value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? [];
    if (name === 'data') data.push(value);
    else if (name === 'id') id = value;
    else if (name === 'event') event = value;
  }
  return { id, event, data: data.join('\n') };
}

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`nothing came for ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
