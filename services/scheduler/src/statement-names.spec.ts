import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A connection knows a prepared statement by its name: two statements of one name break whichever comes second. */
it('no two statements share a name', () => {
  const folders = [
    __dirname,
    join(__dirname, '../../../libs/event-store/src'),
    join(__dirname, '../../../libs/messaging/src'),
  ];
  const filesOf = (folder: string) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
    );
  const sources = folders.flatMap((folder) => filesOf(folder).map((file) => readFileSync(join(folder, file), 'utf8')));
  const names = sources.flatMap((source) => [...source.matchAll(/name: '(\w+)',\s+text:/g)].map((match) => match[1]!));
  expect(names.length).toBeGreaterThan(30);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});
