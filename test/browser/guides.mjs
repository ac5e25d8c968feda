import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { startReceiver } from './receiver.mjs';
import { stage } from './stage.mjs';

const root = join(import.meta.dirname, '..', '..');
const folder = join(root, 'services', 'dashboard', 'src', 'guides');
const guides = readdirSync(folder).filter((file) => file.endsWith('.md'));

/** Code blocks with what follows their language: `file=` is written, `from=` is executed by the tests of that document. */
function blocksOf(text) {
  return [...text.matchAll(/^```(\w+)([^\n]*)\n([\s\S]*?)^```$/gm)].map(([, language, rest, code]) => ({
    language,
    code,
    ...Object.fromEntries(
      rest
        .trim()
        .split(/\s+/)
        .filter(Boolean)
        .map((pair) => pair.split('=')),
    ),
  }));
}

const output = async (command, args, cwd) =>
  (await promisify(execFile)(command, args, { cwd, timeout: 120_000 })).stdout;
const fileFor = (cwd, name, code) => {
  writeFileSync(join(cwd, name), code);
  return name;
};
/** How a reader runs what is shown. What a shell exports holds for the blocks after it. */
const RUN = {
  sh: (code, cwd) =>
    output('bash', ['-euo', 'pipefail', '-c', `[ ! -e .session ] || . ./.session\n${code}\nexport -p > .session`], cwd),
  python: (code, cwd) => output('python3', [fileFor(cwd, 'program.py', code)], cwd),
  ts: (code, cwd) =>
    output(
      process.execPath,
      ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', fileFor(cwd, 'program.mts', code)],
      cwd,
    ),
  go: (code, cwd) => output('go', ['run', fileFor(cwd, 'program.go', code)], cwd),
};

/** Every member that is shown is in what came; a text may leave out what differs each time by "…". */
function shows(shown, came, at = 'the answer') {
  if (typeof shown === 'string' && shown.includes('…')) {
    const parts = shown.split('…').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
    assert.match(String(came), new RegExp(`^${parts.join('[\\s\\S]*')}$`), at);
  } else if (shown !== null && typeof shown === 'object') {
    for (const [name, value] of Object.entries(shown)) shows(value, came?.[name], `${at}.${name}`);
  } else assert.equal(came, shown, at);
}

async function accountOfItsOwn() {
  const { api } = stage.platform;
  const answer = await fetch(`${api}/v1/auth/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      email: `guide-${Math.random().toString(36).slice(2)}@example.com`,
      password: 'correct horse battery',
      account_name: 'Reader',
    }),
  });
  assert.equal(answer.status, 201);
  return (await answer.json()).test_key;
}

for (const guide of guides) {
  test(`the guide ${guide} does what it says`, async (t) => {
    const text = readFileSync(join(folder, guide), 'utf8');
    const cwd = mkdtempSync(join(tmpdir(), 'guide-'));
    const key = await accountOfItsOwn();
    // Where example.com's webhooks go here.
    const receiver = await startReceiver();
    t.after(receiver.stop);
    const own = (code) =>
      code
        .replaceAll('https://api.example.com', stage.platform.api)
        .replaceAll('usv_test_YOUR_KEY', key)
        .replaceAll('https://example.com/webhooks', receiver.url);
    let said = '';
    for (const { language, code, file, from } of blocksOf(text)) {
      if (from) shownIn(from, code);
      else if (file) fileFor(cwd, file, code);
      else if (language === 'json') shows(JSON.parse(own(code)), JSON.parse(said));
      else said = await RUN[language](own(code), cwd);
      if (RUN[language] && language !== 'sh' && !file && !from)
        assert.match(said, /completed|\.mp4 \$/, `${language} in ${guide}`);
    }
    if (guide === 'webhooks.md') await verifies(cwd, key, (await receiver.take(1))[0]);
    rmSync(cwd, { recursive: true });
  });
}

/** Its own tests execute that document. */
function shownIn(document, code) {
  const text = readFileSync(join(root, document), 'utf8');
  for (const line of code.trim().split('\n')) assert.ok(text.includes(line), `${document} does not show: ${line}`);
}

/** What is shown of a verification is believed for what came, and for nothing else. */
async function verifies(cwd, key, { headers, body }) {
  const answer = await fetch(`${stage.platform.api}/v1/webhooks/secret`, {
    headers: { authorization: `Bearer ${key}` },
  });
  const { secret } = await answer.json();
  const shown = {
    body,
    secret,
    headers: Object.fromEntries(
      ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map((name) => [name, headers[name]]),
    ),
  };
  const faults = {
    'another body': { ...shown, body: body.replace('completed', 'cancelled') },
    'another secret': { ...shown, secret: 'whsec_AAAA' },
    'an old time': { ...shown, headers: { ...shown.headers, 'webhook-timestamp': '1700000000' } },
  };
  fileFor(cwd, 'cases.json', JSON.stringify([shown, ...Object.values(faults)]));
  const drivers = {
    python:
      'import json, verify\nfor c in json.load(open("cases.json")): print(str(verify.verify(c["secret"], c["headers"], c["body"].encode())).lower())',
    ts: 'import { readFileSync } from "node:fs"; import { verify } from "./verify.ts"; for (const c of JSON.parse(readFileSync("cases.json", "utf8"))) console.log(verify(c.secret, c.headers, c.body));',
  };
  for (const [language, code] of Object.entries(drivers))
    assert.deepEqual(
      (await RUN[language](code, cwd)).trim().split('\n'),
      ['true', 'false', 'false', 'false'],
      language,
    );
  fileFor(cwd, 'go.mod', 'module webhook\n\ngo 1.21\n');
  fileFor(
    cwd,
    'verify_test.go',
    `package webhook

import ("encoding/json"; "net/http"; "os"; "testing")

func TestVerify(t *testing.T) {
	var cases []struct{ Secret, Body string; Headers map[string]string }
	text, _ := os.ReadFile("cases.json")
	if err := json.Unmarshal(text, &cases); err != nil { t.Fatal(err) }
	for at, each := range cases {
		header := http.Header{}
		for name, value := range each.Headers { header.Set(name, value) }
		if Verify(each.Secret, header, []byte(each.Body)) != (at == 0) { t.Errorf("case %d", at) }
	}
	if len(cases) != 4 { t.Fatal("cases are missing") }
}
`,
  );
  rmSync(join(cwd, 'program.go'), { force: true });
  assert.match(await output('go', ['test', '.'], cwd), /^ok/);
}

test('the dashboard shows the verification of the guide', async () => {
  const { VERIFICATION } = await import(join(root, 'services', 'dashboard', 'src', 'developers', 'verification.ts'));
  const shown = blocksOf(readFileSync(join(folder, 'webhooks.md'), 'utf8'))
    .filter(({ file }) => file)
    .map(({ code }) => code.trim());
  assert.deepEqual(
    VERIFICATION.map(({ code }) => code),
    shown,
  );
});
