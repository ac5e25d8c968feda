import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { transformSync, type Options } from '@swc/core';
import { RowsStatement } from '@usvideo/event-store';
import ts from 'typescript';

export interface FoundStatement {
  /** The file, and the constant or line that holds the statement. */
  readonly where: string;
  readonly sql: string;
}

const root = join(__dirname, '..', '..');
const SQL = /^\s*(select|insert\s+into|update|delete\s+from|with)\s/i;
const HOLDS_SQL = /[`'](\/\*)?\s*(select|insert\s+into|update|delete\s+from|with)\s[^`']*\s/i;
const BEGINS_WITH_CONSTANT = /^`\$\{[A-Z][A-Z_]*\}\s/;
const SWC = {
  ...(JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8')) as Options),
  exclude: [],
  swcrc: false,
  sourceMaps: false,
} satisfies Options;

/** Sources of a folder that may hold statements: tables are made elsewhere, and tests ask what nobody else does. */
export function sourcesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(spec|fixture|conformance)\.ts$|^(migrations|generated)\//.test(file))
    .map((file) => join(folder, file))
    .filter((file) => HOLDS_SQL.test(readFileSync(join(root, file), 'utf8')));
}

/** What stands for the arguments of functions that make statements. */
export interface Arguments {
  /** Expressions for names that texts inside functions use. */
  readonly given?: Readonly<Record<string, string>>;
  /** Expressions that call the functions. */
  readonly made?: readonly string[];
}

/**
 * All statements in a file, as they are sent: constants as their module makes them, and texts inside functions.
 * @throws naming a text that depends on arguments which nothing stands for
 */
export function statementsIn(file: string, { given = {}, made = [] }: Arguments = {}): FoundStatement[] {
  const source = readFileSync(join(root, file), 'utf8');
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);
  const constants = tree.statements
    .filter(ts.isVariableStatement)
    .flatMap(({ declarationList }) => declarationList.declarations.map(({ name }) => name.getText(tree)));
  const texts = textsOf(tree);
  const [names, values] = [
    Object.keys(given)
      .map((name) => `${name}: any`)
      .join(', '),
    Object.values(given).join(', '),
  ];
  const module = evaluated(
    file,
    `${source}
export const __constants = { ${constants.map((name) => `${name}: () => ${name}`).join(', ')} };
export const __texts = [${texts.map(({ text }) => `() => ((${names}) => ${text})(${values})`).join(', ')}];
export const __made = [${made.map((expression) => `() => (${expression})`).join(', ')}];`,
  );
  const found = Object.entries(module.__constants).flatMap(([name, get]) =>
    sqlOf(get()).map((sql) => ({ where: `${file} ${name}`, sql })),
  );
  found.push(
    ...module.__made.flatMap((get, index) => sqlOf(get()).map((sql) => ({ where: `${file} made ${index + 1}`, sql }))),
  );
  for (const [index, get] of module.__texts.entries()) {
    const { line, name, isOfRows } = texts[index]!;
    const sql = textOf(get);
    if (sql === undefined && !isOfRows && made.length === 0)
      throw new Error(`${file}:${line}: this statement depends on arguments: say in ARGUMENTS what stands for them`);
    if (sql !== undefined && SQL.test(sql)) found.push({ where: `${file} ${name}`, sql });
  }
  return found.filter(
    ({ sql }, index) => !found.some((whole, other) => (whole.sql === sql ? other < index : whole.sql.includes(sql))),
  );
}

interface Evaluated {
  readonly __constants: Record<string, () => unknown>;
  readonly __texts: readonly (() => string)[];
  readonly __made: readonly (() => unknown)[];
}

function evaluated(file: string, source: string): Evaluated {
  const { code } = transformSync(source, { ...SWC, filename: file });
  const exports = {} as Evaluated;
  new Function('exports', 'require', 'module', '__dirname', code)(
    exports,
    createRequire(join(root, file)),
    { exports },
    join(root, file, '..'),
  );
  return exports;
}

interface Text {
  readonly text: string;
  readonly name: string;
  readonly line: number;
  readonly isOfRows: boolean;
}

/** Texts that look like a statement, with what they are a part of. */
function textsOf(tree: ts.SourceFile): Text[] {
  const found: Text[] = [];
  const visit = (node: ts.Node, isOfRows: boolean): void => {
    if (
      (ts.isTemplateExpression(node) || ts.isStringLiteralLike(node)) &&
      (SQL.test(node.getText(tree).slice(1)) || BEGINS_WITH_CONSTANT.test(node.getText(tree)))
    ) {
      found.push({
        text: node.getText(tree),
        name: nameOf(node, tree),
        line: tree.getLineAndCharacterOfPosition(node.getStart(tree)).line + 1,
        isOfRows,
      });
    }
    const isRows = ts.isNewExpression(node) && node.expression.getText(tree) === 'RowsStatement';
    ts.forEachChild(node, (child) => visit(child, isOfRows || isRows));
  };
  visit(tree, false);
  return found;
}

/** As PostgreSQL knows it, or its first words. */
function nameOf(text: ts.Node, tree: ts.SourceFile): string {
  const named =
    ts.isPropertyAssignment(text.parent) &&
    text.parent.parent.properties.find(
      (property) => ts.isPropertyAssignment(property) && property.name.getText(tree) === 'name',
    );
  return (named ? (named as ts.PropertyAssignment).initializer : text).getText(tree).slice(1, 60).replace(/[`']$/, '');
}

/** Undefined for a text that depends on arguments. */
function textOf(get: () => string): string | undefined {
  try {
    return get();
  } catch (error) {
    if ((error as Error).name === 'ReferenceError') return undefined;
    throw error;
  }
}

function sqlOf(value: unknown, depth = 0): string[] {
  if (typeof value === 'string') return SQL.test(value) ? [value] : [];
  if (value instanceof RowsStatement) return [value.text];
  if (typeof value !== 'object' || value === null || depth > 2) return [];
  return Object.values(value).flatMap((part) => sqlOf(part, depth + 1));
}
