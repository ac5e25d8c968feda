/** What a handler returns when it is not a plain object alone: text that is JSON already, or headers besides. */
export class Answer {
  constructor(
    readonly body: object | string,
    readonly headers: Readonly<Record<string, string>> = {},
  ) {}
}
