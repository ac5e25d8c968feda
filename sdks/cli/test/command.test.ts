import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { ConnectionError, errorOf, USVideoError } from '../../typescript/src/index.ts';
import { helpOf, parse } from '../src/command.ts';
import { COMMANDS, find } from '../src/commands.ts';
import { completionOf, SHELLS } from '../src/completion.ts';
import { EXIT, exitCodeOf, UsageError } from '../src/exit.ts';
import { signed } from '../src/listen.ts';
import { bar, table } from '../src/screen.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const generate = COMMANDS.generate!;

test('a command of two words is found before that of its first', () => {
  assert.deepEqual(
    [find(['keys']).name, find(['keys', 'create', 'x']).name, find(['keys', 'create', 'x']).rest],
    ['keys', 'keys create', ['x']],
  );
  for (const word of ['nope', 'constructor', 'toString']) assert.throws(() => find([word]), UsageError);
});

test('what makes no sense is refused, and the message says why', () => {
  const refused: readonly (readonly [string[], RegExp])[] = [
    [[], /needs PROMPT/],
    [['a', 'b'], /does not take b/],
    [['a', '--resolution', '4k'], /one of 480p, 720p, 1080p/],
    [['a', '--size', 'x'], /'--size'/],
    [['a', '--output'], /--output/],
  ];
  for (const [args, message] of refused)
    assert.throws(
      () => parse('generate', generate, args),
      (error: Error) => error instanceof UsageError && message.test(error.message),
    );
  assert.throws(() => parse('generate', generate, ['a', '--seed', '1.5']).integer('seed'), /whole number/);
});

test('options are read in every form', () => {
  const given = parse('generate', generate, ['a sea', '-o', 'x.mp4', '--seed=7', '--json']);
  assert.deepEqual(
    [given.words, given.text('output'), given.integer('seed'), given.isSet('json'), given.text('model')],
    [['a sea'], 'x.mp4', 7, true, undefined],
  );
  assert.deepEqual(parse('jobs', COMMANDS.jobs!, ['--status', 'failed', '--status', 'pending']).texts('status'), [
    'failed',
    'pending',
  ]);
});

test('help names every option of every command', () => {
  for (const [name, command] of Object.entries(COMMANDS))
    for (const option of Object.keys(command.options ?? {}))
      assert.match(helpOf(name, command), new RegExp(`--${option}\\b`));
});

test('the README lists the exit codes, and the errors have them', () => {
  const listed = [...readme.matchAll(/^\| (\d+) \| (\w+) \|/gm)].map(([, code, name]) => [name, Number(code)]);
  assert.deepEqual(Object.fromEntries(listed), EXIT);
  const of = (status: number) => exitCodeOf(errorOf(status, new Headers(), '{"error":"x","message":"m"}'));
  assert.deepEqual([400, 401, 402, 403, 404, 409, 422, 429, 500, 503].map(of), [4, 3, 5, 3, 4, 4, 4, 6, 6, 6]);
  assert.deepEqual(
    [
      new ConnectionError({ code: 'timeout', message: '' }),
      new USVideoError({ code: 'aborted', message: '' }),
      new Error('x'),
    ].map(exitCodeOf),
    [8, 130, 1],
  );
});

test('bash completes commands, options and choices', () => {
  const complete = (...words: string[]) =>
    execFileSync(
      'bash',
      [
        '-c',
        `${completionOf('bash', COMMANDS)}\nCOMP_WORDS=(usvideo "$@"); COMP_CWORD=$#; _usvideo; echo "\${COMPREPLY[@]}"`,
        'bash',
        ...words,
      ],
      { encoding: 'utf8' },
    )
      .trim()
      .split(' ');
  assert.deepEqual(complete('gen'), ['generate']);
  assert.deepEqual(complete('keys', 'r'), ['rotate', 'revoke']);
  assert.deepEqual(complete('webhooks', 'crea'), ['create']);
  assert.deepEqual(complete('listen', '--event', 'video.can'), ['video.cancelled']);
  assert.deepEqual(complete('generate', 'x', '--resolution', '1'), ['1080p']);
  assert.deepEqual(complete('keys', 'rotate', 'key_1', '--n'), ['--now']);
});

test('what listen sends is signed as the known webhooks are', () => {
  const body = '{"event":"video.completed","id":"job_01","prompt":"ein Bär, 🐻"}';
  const [first, second] = [
    'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    'whsec_c2Vjb25kIHNlY3JldCBvZiAzMiBieXRlcyEhISEhIQ==',
  ];
  assert.deepEqual(signed(body, 'evt_01JD', 1_764_410_000, { secret: first, previous_secret: null }), {
    'content-type': 'application/json',
    'webhook-id': 'evt_01JD',
    'webhook-timestamp': '1764410000',
    'webhook-signature': 'v1,sbUZrL9Ny1tn3Tn5jlZvjIiUMTwpvw8Bwrvgl6SOcKY=',
    'x-signature': '0ebe3cc35a62417c8b114045942385cd7cffc84816fb8f1603c1a10083b08cb1',
  });
  const rotated = signed(body, 'evt_01JD', 1_764_410_000, { secret: second, previous_secret: first });
  assert.deepEqual(
    [rotated['x-signature'], rotated['x-signature-next']],
    [
      '0ebe3cc35a62417c8b114045942385cd7cffc84816fb8f1603c1a10083b08cb1',
      '546d2668a4107446bacfefb0782c900a1390c9df771584dc20a9f3a13b9aa354',
    ],
  );
  assert.equal(
    rotated['webhook-signature'],
    'v1,TVaJspK8IjXIi4BhbsAhTL0Z/BDGbo6JDWQxpFeaqas= v1,sbUZrL9Ny1tn3Tn5jlZvjIiUMTwpvw8Bwrvgl6SOcKY=',
  );
});

test('every shell gets something', () => {
  for (const shell of SHELLS) assert.match(completionOf(shell, COMMANDS), /generate/);
});

test('tables and bars', () => {
  assert.equal(
    table(
      ['ID', 'N'],
      [
        ['a', 10],
        ['long\nid', null],
      ],
    ),
    'ID       N\na        10\nlong id  -',
  );
  assert.equal(bar(50, 'processing'), `[${'#'.repeat(15)}${'.'.repeat(15)}]  50% processing`);
  assert.equal(bar(Number.NaN, ''), bar(0, ''));
});
