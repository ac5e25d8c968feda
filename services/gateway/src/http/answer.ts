export type AnswerHeaders = Readonly<Record<string, string | string[]>>;

/** What a handler returns when it is not a plain object alone: text that is JSON already, bytes, headers besides, or another status. */
export class Answer {
  constructor(
    readonly body: object | string | undefined,
    readonly headers: AnswerHeaders = {},
    /** Instead of that of the handler. */
    readonly status?: number,
  ) {}
}
