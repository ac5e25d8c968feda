import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import ts from 'typescript';

const root = join(__dirname, '..');
const NO_PRODUCTION = /\.(spec|fixture|conformance)\.ts$|\/migrations\//;
const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard', 'services', 'libs'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .filter(
    (file) =>
      /^(services|libs)\/[^/]+\/src\/.+\.ts$/.test(file) && !NO_PRODUCTION.test(file) && !file.includes('/generated/'),
  );
const projects = [...new Set(files.map((file) => file.split('/').slice(0, 2).join('/')))];

/** A folder below `src`, or undefined for the files that put a project together. */
function roomOf(file: string): string | undefined {
  const [, , , room, inside] = file.split('/');
  return inside === undefined ? undefined : room;
}

function importsBetweenRooms(project: string): Map<string, Set<string>> {
  const rooms = new Map<string, Set<string>>();
  for (const file of files.filter((each) => each.startsWith(`${project}/`))) {
    const from = roomOf(file);
    if (from === undefined) continue;
    for (const { fileName } of ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true).importedFiles) {
      const to = fileName.startsWith('.') ? roomOf(posix.join(dirname(file), `${fileName}.ts`)) : undefined;
      if (to !== undefined && to !== from) rooms.set(from, (rooms.get(from) ?? new Set()).add(to));
    }
  }
  return rooms;
}

function importsBetweenFiles(project: string): Map<string, Set<string>> {
  const own = new Set(files.filter((file) => file.startsWith(`${project}/`)));
  return new Map(
    [...own].map((file) => {
      const { importedFiles } = ts.preProcessFile(readFileSync(join(root, file), 'utf8'), true, true);
      const imported = importedFiles.map(({ fileName }) => posix.join(dirname(file), `${fileName}.ts`));
      return [file, new Set(imported.filter((to) => own.has(to)))];
    }),
  );
}

/** Every room that can be reached from itself. */
function circlesOf(rooms: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const reached = (from: string, seen = new Set<string>()): Set<string> => {
    for (const to of rooms.get(from) ?? []) if (!seen.has(to)) reached(to, seen.add(to));
    return seen;
  };
  return [...rooms.keys()]
    .filter((room) => reached(room).has(room))
    .map((room) => `${room} -> ${[...rooms.get(room)!].join(', ')}`);
}

describe('the rooms of a project', () => {
  it.each(projects)(
    'import each other one way only, in %s (move the piece that both need, or declare the seam where it is used)',
    (project) => {
      expect(circlesOf(importsBetweenRooms(project))).toEqual([]);
    },
  );

  it.each(projects)('have no files that import each other in a circle, in %s (types included)', (project) => {
    expect(circlesOf(importsBetweenFiles(project))).toEqual([]);
  });

  it.each(projects.filter((project) => project.startsWith('services/')))(
    'know nothing of the wire, in %s (inbound/ imports the rooms)',
    (project) => {
      const knowing = [...importsBetweenRooms(project)].filter(([, to]) => to.has('inbound')).map(([from]) => from);
      expect(knowing).toEqual([]);
    },
  );

  it('sees a circle', () => {
    expect(
      circlesOf(
        new Map([
          ['a', new Set(['b'])],
          ['b', new Set(['c'])],
          ['c', new Set(['b'])],
        ]),
      ),
    ).toEqual(['b -> c', 'c -> b']);
  });
});
