/** What the groups of operations are for, in the order of the reference. */
const TAGS: Readonly<Record<string, string>> = {
  Videos: 'Create videos, follow them to their end, fetch and erase them.',
  Files: 'Pictures that are uploaded once and begin many videos.',
  Billing: 'What things cost, what was held and charged, and the money that is there.',
  Webhooks: 'Where events are sent, what became of each delivery, and the feed of all events.',
  Account: 'The account and its limits.',
  'API keys': 'Keys of programs.',
  'Sign-in': 'Sessions of people in front of a screen; programs use keys.',
  Members: 'People who share the account.',
  Reference: 'This reference.',
  Operation: 'For operators of the platform.',
};

/** In the order of the table: what no operation has is left out. @throws for a tag that the table lacks. */
export function tagsOf(used: ReadonlySet<string>): { name: string; description: string }[] {
  const unknown = [...used].filter((name) => !Object.hasOwn(TAGS, name));
  if (unknown.length > 0) throw new Error(`describe the tags ${unknown.join(', ')} in reference/tags.ts`);
  return Object.entries(TAGS)
    .filter(([name]) => used.has(name))
    .map(([name, description]) => ({ name, description }));
}
