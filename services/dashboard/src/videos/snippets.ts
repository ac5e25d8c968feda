import { pythonOf } from '../reference/request';
import type { Snippet } from '../ui/code';

export interface Order {
  readonly prompt: string;
  readonly [setting: string]: unknown;
}

/** The same create call in four languages, with their standard libraries only. The shell's quotes are escaped for prompts that hold some. */
export function createSnippets(origin: string, key: string, order: Order): Snippet[] {
  const json = JSON.stringify(order);
  return [
    { language: 'curl', code: curl(origin, key, json) },
    { language: 'Python', code: python(origin, key, order) },
    { language: 'TypeScript', code: typescript(origin, key, order) },
    { language: 'Go', code: go(origin, key, json) },
  ];
}

export function curlOf(origin: string, key: string, order: Order): string {
  return curl(origin, key, JSON.stringify(order));
}

function curl(origin: string, key: string, json: string): string {
  return `curl -s ${origin}/v1/videos \\
  -H "Authorization: Bearer ${key}" \\
  -H "Content-Type: application/json" \\
  -H "Idempotency-Key: $(uuidgen || date +%s%N)" \\
  -H "Prefer: wait=50" \\
  -d '${json.replaceAll("'", "'\\''")}'`;
}

function python(origin: string, key: string, order: Order): string {
  return `import json, urllib.request, uuid

def call(path, body=None):
    request = urllib.request.Request("${origin}" + path, data=body and json.dumps(body).encode(), headers={
        "Authorization": "Bearer ${key}", "Content-Type": "application/json",
        "Idempotency-Key": str(uuid.uuid4()), "Prefer": "wait=50",
    })
    return json.load(urllib.request.urlopen(request))

video = call("/v1/videos", ${pythonOf(order)})
while video["status"] in ("pending", "processing"):
    video = call("/v1/videos/" + video["id"])
print(video["status"], video["video_url"])`;
}

function typescript(origin: string, key: string, order: Order): string {
  return `const call = async (path: string, body?: object) => {
  const answer = await fetch("${origin}" + path, {
    method: body ? "POST" : "GET",
    headers: {
      Authorization: "Bearer ${key}", "Content-Type": "application/json",
      "Idempotency-Key": crypto.randomUUID(), Prefer: "wait=50",
    },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(await answer.text());
  return answer.json();
};

let video = await call("/v1/videos", ${JSON.stringify(order)});
while (["pending", "processing"].includes(video.status)) video = await call("/v1/videos/" + video.id);
console.log(video.status, video.video_url);`;
}

function go(origin: string, key: string, json: string): string {
  return `package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

type Video struct {
	ID, Status string
	URL        string \`json:"video_url"\`
}

func call(method, path, body string) (video Video) {
	request, _ := http.NewRequest(method, "${origin}"+path, strings.NewReader(body))
	request.Header.Set("Authorization", "Bearer ${key}")
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Idempotency-Key", rand.Text())
	request.Header.Set("Prefer", "wait=50")
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		panic(err)
	}
	defer answer.Body.Close()
	if err := json.NewDecoder(answer.Body).Decode(&video); err != nil || answer.StatusCode >= 400 {
		panic(answer.Status)
	}
	return video
}

func main() {
	video := call("POST", "/v1/videos", ${goOf(json)})
	for video.Status == "pending" || video.Status == "processing" {
		video = call("GET", "/v1/videos/"+video.ID, "")
	}
	fmt.Println(video.Status, video.URL)
}`;
}

function goOf(json: string): string {
  return json.includes('`') ? JSON.stringify(json) : `\`${json}\``;
}
