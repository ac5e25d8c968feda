import type { Snippet } from '../ui/code';

/** One request as a reader would send it. */
export interface Request {
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The same request in four languages, with their standard libraries only. */
export function requestSnippets(origin: string, request: Request): Snippet[] {
  return [
    { language: 'curl', code: curl(origin, request) },
    { language: 'Python', code: python(origin, request) },
    { language: 'TypeScript', code: typescript(origin, request) },
    { language: 'Go', code: go(origin, request) },
  ];
}

/** On one line where it fits, else as people read it. */
function shortJson(body: unknown): string {
  const line = JSON.stringify(body);
  return line.length <= LINE_MAX ? line : JSON.stringify(body, null, 2);
}

const LINE_MAX = 56;
const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

function curl(origin: string, { method, path, headers, body }: Request): string {
  const parts = [
    `curl -s ${method === 'GET' ? '' : `-X ${method} `}${quoted(origin + path)}`,
    ...Object.entries(headers).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`-d ${quoted(shortJson(body))}`]),
  ];
  return parts.join(' \\\n  ');
}

function python(origin: string, { method, path, headers, body }: Request): string {
  const given = [
    `"${origin}${path}"`,
    ...(method === 'GET' ? [] : [`method="${method}"`]),
    ...(Object.keys(headers).length === 0
      ? []
      : [
          `headers={\n${Object.entries(headers)
            .map(([name, value]) => `        ${JSON.stringify(name)}: ${JSON.stringify(value)},`)
            .join('\n')}\n    }`,
        ]),
    ...(body === undefined ? [] : [`data=json.dumps(${pythonOf(body)}).encode()`]),
  ];
  return `import json, urllib.error, urllib.request

request = urllib.request.Request(
    ${given.join(',\n    ')},
)
try:
    print(urllib.request.urlopen(request).read().decode())
except urllib.error.HTTPError as refusal:
    print(refusal.code, json.load(refusal)["doc_url"])`;
}

/** Python writes three JSON words differently. */
export function pythonOf(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return `[${value.map(pythonOf).join(', ')}]`;
  if (typeof value === 'object')
    return `{${Object.entries(value)
      .map(([name, each]) => `${JSON.stringify(name)}: ${pythonOf(each)}`)
      .join(', ')}}`;
  return JSON.stringify(value);
}

function typescript(origin: string, { method, path, headers, body }: Request): string {
  const init = [
    ...(method === 'GET' ? [] : [`  method: "${method}",`]),
    ...(Object.keys(headers).length === 0
      ? []
      : [
          `  headers: {\n${Object.entries(headers)
            .map(([name, value]) => `    ${JSON.stringify(name)}: ${JSON.stringify(value)},`)
            .join('\n')}\n  },`,
        ]),
    ...(body === undefined ? [] : [`  body: JSON.stringify(${JSON.stringify(body)}),`]),
  ];
  return `const answer = await fetch("${origin}${path}"${init.length === 0 ? '' : `, {\n${init.join('\n')}\n}`});
if (!answer.ok) throw new Error((await answer.json()).doc_url);
console.log(await answer.text());`;
}

function go(origin: string, { method, path, headers, body }: Request): string {
  const json = body === undefined ? undefined : JSON.stringify(body);
  const text =
    json === undefined ? 'nil' : `strings.NewReader(${json.includes('`') ? JSON.stringify(json) : `\`${json}\``})`;
  return `package main

import (
	"fmt"
	"io"
	"net/http"
${json === undefined ? '' : '\t"strings"\n'})

func main() {
	request, err := http.NewRequest("${method}", "${origin}${path}", ${text})
	if err != nil {
		panic(err)
	}
${Object.entries(headers)
  .map(([name, value]) => `\trequest.Header.Set(${JSON.stringify(name)}, ${JSON.stringify(value)})\n`)
  .join('')}	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 400 {
		panic(answer.Status + " " + string(body))
	}
	fmt.Println(string(body))
}`;
}
