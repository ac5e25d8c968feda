import type { GuideText } from '../guides/guides';
import { type OpenApi, type Tag, jsonOf } from '../reference/document';
import { type Field, fieldsOf } from '../reference/schema';

export interface Entry {
  readonly kind: 'Operation' | 'Field' | 'Error' | 'Guide';
  readonly title: string;
  readonly about: string;
  readonly to: string;
  /** What is searched, in lower case. */
  readonly text: string;
}

/** Everything that the documentation says, each with where it stands. */
export function searchIndex(document: OpenApi, tags: readonly Tag[], guides: readonly GuideText[]): Entry[] {
  const operations = tags.flatMap((tag) =>
    tag.operations.flatMap((operation): Entry[] => {
      const to = `/api/${tag.slug}#${operation.operationId}`;
      const fields = fieldsOf(jsonOf(operation.requestBody), document);
      return [
        entry('Operation', operation.summary, `${operation.method} ${operation.path}`, to, operation.operationId),
        ...fields.map((field) =>
          entry(
            'Field',
            field.name,
            `${field.description || field.type} · ${operation.summary}`,
            `${to}.${field.name}`,
          ),
        ),
        ...operation.parameters
          .filter((each) => each.in === 'query')
          .map((each) =>
            entry('Field', each.name, `${each.description ?? 'Query'} · ${operation.summary}`, `${to}.${each.name}`),
          ),
      ];
    }),
  );
  const video = fieldsOf(document.components.schemas['Video'], document).flatMap((field) => answerEntries(field, tags));
  const errors = [
    ...Object.entries(document['x-error-codes']).map(([code, { title, means }]) =>
      entry('Error', code, title, `/errors/${code}`, means),
    ),
    ...Object.entries(document['x-failure-codes']).map(([code, reason]) =>
      entry('Error', code, reason, `/errors/${code}`),
    ),
  ];
  return [...operations, ...video, ...errors, ...guides.flatMap(guideEntries)];
}

function answerEntries(field: Field, tags: readonly Tag[]): Entry[] {
  const tag = tags.find(({ operations }) => operations.some(({ operationId }) => operationId === 'getVideo'));
  return tag
    ? [
        entry(
          'Field',
          field.name,
          `${field.description || field.type} · of a video`,
          `/api/${tag.slug}#getVideo.200.${field.name}`,
        ),
      ]
    : [];
}

function guideEntries({ name, title, markdown }: GuideText): Entry[] {
  const sections = markdown
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const heading = section.split('\n', 1)[0]!;
      return entry('Guide', heading, title, `/guides/${name}#${slugOf(heading)}`, section.slice(0, 2_000));
    });
  return [entry('Guide', title, 'Guide', `/guides/${name}`), ...sections];
}

export function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '');
}

function entry(kind: Entry['kind'], title: string, about: string, to: string, more = ''): Entry {
  return { kind, title, about, to, text: `${title} ${about} ${more}`.toLowerCase() };
}

const SHOWN_MAX = 12;
const ORDER: readonly Entry['kind'][] = ['Operation', 'Error', 'Guide', 'Field'];

/** Entries that hold every word; a title that begins with what was typed comes first. */
export function find(entries: readonly Entry[], typed: string): Entry[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const whole = words.join(' ');
  const rank = ({ title, kind }: Entry) => {
    const name = title.toLowerCase();
    return (
      (name === whole ? 0 : name.startsWith(whole) ? 10 : words.every((word) => name.includes(word)) ? 20 : 30) +
      ORDER.indexOf(kind)
    );
  };
  return entries
    .filter(({ text }) => words.every((word) => text.includes(word)))
    .toSorted((a, b) => rank(a) - rank(b))
    .slice(0, SHOWN_MAX);
}
