import { markdownPages } from './markdown';
import { openApiDocument } from './openapi';
import { PUBLIC_OPERATIONS } from '../operations/operations';

const document = openApiDocument('https://api.example.com/') as {
  paths: Record<string, Record<string, object>>;
  components: { schemas: Record<string, object> };
};
const pages = markdownPages(document);
const all = Object.values(pages).join('\n');

describe('the reference as Markdown', () => {
  it('has every operation once', () => {
    const headings = [...all.matchAll(/^## `([A-Z]+ \S+)`$/gm)].map((match) => match[1]!);
    const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(headings.sort()).toEqual(operations.sort());
    expect(headings).toHaveLength(Object.keys(PUBLIC_OPERATIONS).length);
  });

  it('has every object, and every link leads to one', () => {
    const objects = [...pages['/docs/reference/objects.md']!.matchAll(/^## (\w+)$/gm)].map((match) => match[1]!);
    expect(objects.sort()).toEqual(Object.keys(document.components.schemas).sort());
    const linked = [...all.matchAll(/objects\.md#(\w+)\)/g)].map((match) => match[1]!);
    expect(linked.length).toBeGreaterThan(50);
    expect(linked.filter((name) => !objects.some((object) => object.toLowerCase() === name))).toEqual([]);
  });

  it('is found from llms.txt', () => {
    const linked = [...pages['/llms.txt']!.matchAll(/\]\(https:\/\/api\.example\.com(\/docs\/\S+)\)/g)].map(
      (match) => match[1]!,
    );
    expect(['/llms.txt', ...linked].sort()).toEqual(Object.keys(pages).sort());
  });

  it('says what a field may be', () => {
    expect(pages['/docs/reference/objects.md']).toContain(
      '- `duration` (may be absent): integer, minimum 1, maximum 10. Seconds. 5 by default.',
    );
  });
});
