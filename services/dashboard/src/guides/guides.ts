export interface Guide {
  readonly name: string;
  readonly title: string;
  readonly about: string;
}

export interface GuideText {
  readonly name: string;
  readonly title: string;
  readonly markdown: string;
}

/** In reading order. The text of each is `<name>.md` beside this file, and `test/browser/guides.mjs` runs its code. */
export const GUIDES: readonly Guide[] = [
  {
    name: 'quickstart',
    title: 'Quickstart',
    about: 'From a key to a file on your disk, by curl and in three languages.',
  },
  { name: 'webhooks', title: 'Webhooks', about: 'Be told when a video ends, and prove that it was us.' },
  {
    name: 'errors-and-billing',
    title: 'Errors and billing',
    about: 'What is charged, what never is, and how to repeat a request safely.',
  },
  { name: 'limits', title: 'Limits', about: 'Concurrency, queue and requests a minute: what happens at each.' },
  { name: 'batch', title: 'Batches', about: 'A thousand videos without a thousand connections.' },
  { name: 'sandbox', title: 'Sandbox', about: 'Provoke every ending from a prompt, for nothing.' },
  {
    name: 'openai-videos',
    title: 'From OpenAI Videos',
    about: 'The same code with another address; and what the native API says more.',
  },
  {
    name: 'self-hosting',
    title: 'Self-hosting',
    about: 'Run the platform yourself: one process, containers, Kubernetes.',
  },
];

const FILES = import.meta.glob<string>('./*.md', { query: '?raw', import: 'default' });

export async function guideText(name: string): Promise<string | undefined> {
  return FILES[`./${name}.md`]?.();
}

export async function guideTexts(): Promise<GuideText[]> {
  return Promise.all(GUIDES.map(async ({ name, title }) => ({ name, title, markdown: (await guideText(name)) ?? '' })));
}
