import { type Token, type Tokens, lexer } from 'marked';
import { type ReactNode, useMemo } from 'react';
import { Link } from 'wouter';
import { Anchor } from '../reference/text';
import { Code, CodeTabs } from '../ui/code';
import { slugOf } from './search-index';

const LANGUAGES: Readonly<Record<string, string>> = {
  sh: 'curl',
  python: 'Python',
  ts: 'TypeScript',
  go: 'Go',
  json: 'JSON',
  yaml: 'YAML',
};

/** Markdown of our own guides as elements: no HTML is ever taken from it. Code blocks that follow each other are tabs of one. */
export function Markdown({ text }: { text: string }) {
  const groups = useMemo(() => grouped(lexer(text)), [text]);
  return groups.map((group, at) =>
    Array.isArray(group) ? <Blocks key={at} blocks={group} /> : <Block key={at} token={group} />,
  );
}

function grouped(tokens: readonly Token[]): (Token | Tokens.Code[])[] {
  const groups: (Token | Tokens.Code[])[] = [];
  for (const token of tokens) {
    const last = groups.at(-1);
    if (token.type === 'space') continue;
    if (token.type !== 'code') groups.push(token);
    else if (Array.isArray(last)) last.push(token as Tokens.Code);
    else groups.push([token as Tokens.Code]);
  }
  return groups;
}

function Blocks({ blocks }: { blocks: readonly Tokens.Code[] }) {
  const named = blocks.map(({ lang = '', text }) => ({ language: LANGUAGES[lang.split(' ')[0]!] ?? lang, code: text }));
  const [first] = named;
  if (named.length === 1)
    return (
      <Code
        label={`Code in ${first!.language}`}
        title={first!.language === 'curl' ? 'Shell' : first!.language}
        code={first!.code}
      />
    );
  return <CodeTabs label="Code" snippets={named} />;
}

function Block({ token }: { token: Token }): ReactNode {
  if (token.type === 'heading') {
    const { depth, text, tokens } = token as Tokens.Heading;
    if (depth === 1) return <h1>{inline(tokens)}</h1>;
    return (
      <Anchor id={slugOf(text)} level={depth === 2 ? 2 : 3}>
        {inline(tokens)}
      </Anchor>
    );
  }
  if (token.type === 'paragraph' || token.type === 'text')
    return <p>{inline((token as Tokens.Paragraph).tokens ?? [])}</p>;
  if (token.type === 'blockquote')
    return (
      <blockquote>
        {(token as Tokens.Blockquote).tokens.map((each, at) => (
          <Block key={at} token={each} />
        ))}
      </blockquote>
    );
  if (token.type === 'list') {
    const { ordered, items } = token as Tokens.List;
    const List = ordered ? 'ol' : 'ul';
    return (
      <List>
        {items.map((item, at) => (
          <li key={at}>
            {item.tokens.map((each, index) =>
              'tokens' in each && each.tokens ? <span key={index}>{inline(each.tokens)}</span> : null,
            )}
          </li>
        ))}
      </List>
    );
  }
  if (token.type === 'table') return <TableOf table={token as Tokens.Table} />;
  throw new Error(`a guide holds a ${token.type}, which has no element here`);
}

function TableOf({ table }: { table: Tokens.Table }) {
  return (
    <div className="table-wrap" role="region" aria-label="Table" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {table.header.map((cell, at) => (
              <th key={at} scope="col">
                {inline(cell.tokens)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, index) => (
                <td key={index}>{inline(cell.tokens)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function inline(tokens: readonly Token[]): ReactNode[] {
  return tokens.map((token, at) => {
    if (token.type === 'codespan') return <code key={at}>{(token as Tokens.Codespan).text}</code>;
    if (token.type === 'strong') return <strong key={at}>{inline((token as Tokens.Strong).tokens)}</strong>;
    if (token.type === 'em') return <em key={at}>{inline((token as Tokens.Em).tokens)}</em>;
    if (token.type === 'link') return <To key={at} link={token as Tokens.Link} />;
    if (token.type === 'br') return <br key={at} />;
    return (token as Tokens.Text).text;
  });
}

function To({ link }: { link: Tokens.Link }) {
  if (link.href.startsWith('/docs/'))
    return (
      <Link href={link.href.slice('/docs'.length)} className="link">
        {inline(link.tokens)}
      </Link>
    );
  const outside = link.href.startsWith('http');
  return (
    <a href={link.href} className="link" {...(outside ? { target: '_blank', rel: 'noreferrer' } : {})}>
      {inline(link.tokens)}
    </a>
  );
}
