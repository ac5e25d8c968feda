import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Json = Record<string, unknown>;

const FILE = join(__dirname, '..', '..', 'services', 'gateway', 'src', 'reference', 'examples.json');
const SECRET = /\b(usv_live_|usv_test_|whsec_|quote_)[\w+/=.-]{12,}/g;
const SIGNED = /([?&](?:signature|sig|token|expires)=)[^&"\\ ]+/g;
const SEED = /\b[A-Z2-7]{32}\b/g;
const OPAQUE = ['token', 'csrf_token', 'flow', 'challenge'];

/** What a platform answered first, for the reference: `RECORD_EXAMPLES=true` writes it, without what is secret or of this machine. */
export class RecordedExamples {
  private readonly answers = new Map<string, Map<string, unknown>>();

  constructor(private readonly ownUrl: string) {}

  add(operationId: string, answer: string, body: unknown): void {
    const known = this.answers.get(operationId) ?? new Map<string, unknown>();
    if (!known.has(answer)) known.set(answer, this.shown(body));
    this.answers.set(operationId, known);
  }

  save(): void {
    if (process.env['RECORD_EXAMPLES'] !== 'true') return;
    const before = JSON.parse(readFileSync(FILE, 'utf8')) as Json;
    const found = Object.fromEntries([...this.answers].map(([id, each]) => [id, Object.fromEntries(each)]));
    const all = Object.entries({ ...before, ...found }).sort(([one], [other]) => one.localeCompare(other));
    writeFileSync(FILE, `${JSON.stringify(Object.fromEntries(all), null, 2)}\n`);
  }

  /** One item of a list says what all are like. */
  private shown(body: unknown): unknown {
    return JSON.parse(this.public(JSON.stringify(body)), (name, value: unknown) => {
      if (OPAQUE.includes(name) && typeof value === 'string') return '…';
      return Array.isArray(value) && value.length > 1 && typeof value[0] === 'object' ? value.slice(0, 1) : value;
    });
  }

  private public(text: string): string {
    return text
      .replaceAll(this.ownUrl, 'https://video.example.com')
      .replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, 'https://shop.example.com')
      .replaceAll(/[0-9a-f-]{36}(@|%40)example\.com/g, 'ann$1example.com')
      .replaceAll(SEED, '…')
      .replaceAll(SECRET, '$1…')
      .replaceAll(SIGNED, '$1…');
  }
}
