export interface Letter {
  readonly to: string;
  readonly subject: string;
  /** Plain text; lines end with \n. */
  readonly text: string;
}

/** Hands letters to whoever carries them. A letter that could not be handed over is handed over again, under the same id. */
export interface Mailer {
  /** @throws when nobody has taken it over, as far as is known */
  send(letterId: string, letter: Letter): Promise<void>;
  stop(): Promise<void>;
}
