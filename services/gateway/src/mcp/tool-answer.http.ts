import type { CallToolResult } from '@modelcontextprotocol/sdk/types.js';

interface RestAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** An answer of the REST API as a tool gives it: its JSON, in words where it is a refusal, and a link to the file where there is one. */
export function toolAnswer({ status, body }: RestAnswer): CallToolResult {
  if (status >= 400)
    return {
      isError: true,
      structuredContent: body,
      content: [{ type: 'text', text: `${String(body.error)}: ${String(body.message)}` }],
    };
  const link =
    typeof body.video_url === 'string'
      ? [
          {
            type: 'resource_link' as const,
            uri: body.video_url,
            name: `${String(body.id)}.mp4`,
            mimeType: 'video/mp4',
            description: 'The finished video.',
          },
        ]
      : [];
  return { structuredContent: body, content: [{ type: 'text', text: JSON.stringify(body) }, ...link] };
}
