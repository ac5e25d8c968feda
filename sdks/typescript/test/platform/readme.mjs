// Runs the README's programs as they stand, in the project in which the package is installed.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { USVideo } from '@usvideoapi/sdk';

const { USVIDEO_STAND_URL: stand } = process.env;
const programs = [...readFileSync('README.md', 'utf8').matchAll(/```js\n([\s\S]*?)```/g)].map(([, program]) => program);
const handlers = [];
for (const [index, program] of programs.entries()) {
  const file = `readme-${index + 1}.mjs`;
  writeFileSync(file, program);
  if (program.includes('export default')) handlers.push((await import(`./${file}`)).default);
  else
    process.stdout.write(
      execFileSync(process.execPath, [file], { encoding: 'utf8', timeout: 120_000 }).replace(/^(.{200}).*$/gm, '$1…'),
    );
}

if (programs.length < 6 || handlers.length !== 1)
  throw new Error(`the README has ${programs.length} programs, ${handlers.length} of them of webhooks`);
if (statSync('sea.mp4').size < 1_000) throw new Error('the quickstart wrote no video');

const run = `readme${Date.now()}`;
await new USVideo().videos.create({
  prompt: 'for the README',
  resolution: '480p',
  duration: 1,
  webhook_url: `${stand}/webhooks/${run}`,
});
const { headers, body } = await (await fetch(`${stand}/webhooks/${run}`)).json();
const answers = await Promise.all(
  [body, `${body} `].map((payload) =>
    handlers[0].fetch(new Request('http://127.0.0.1/', { method: 'POST', headers, body: payload })),
  ),
);
const statuses = answers.map(({ status }) => status);
if (`${statuses}` !== '204,400') throw new Error(`the receiver answered ${statuses}`);
console.log(`the README's ${programs.length} programs ran`);
