export interface StreamedEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** The events of a Server-Sent Events answer (WHATWG HTML, 9.2) as they come; what has no data is a comment or an order to the client. */
export async function* streamedEvents(response: Response): AsyncGenerator<StreamedEvent> {
  let text = '';
  for await (const chunk of response.body!.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    for (let end = text.indexOf('\n\n'); end !== -1; end = text.indexOf('\n\n')) {
      const fields = Object.fromEntries(
        text
          .slice(0, end)
          .split('\n')
          .map((line) => line.split(/: (.*)/s, 2)),
      );
      text = text.slice(end + 2);
      if (fields.data !== undefined) yield { id: fields.id, event: fields.event, data: fields.data };
    }
  }
}

export function openFeed(url: string, key: string, lastEventId: string): Promise<Response> {
  return fetch(`${url}/v1/events`, {
    headers: { authorization: `Bearer ${key}`, accept: 'text/event-stream', 'last-event-id': lastEventId },
  });
}
