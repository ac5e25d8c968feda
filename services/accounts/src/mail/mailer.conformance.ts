import type { Mailer } from './mailer';

/** A mailer, and what arrived of it: raw messages, in their order. */
export interface MailerWorld {
  readonly mailer: Mailer;
  arrived(): Promise<string[]>;
  /** Nobody takes letters over any longer. */
  break(): Promise<void>;
  close(): Promise<void>;
}

/** What whoever writes letters may rely on. */
export function mailerConformance(name: string, open: () => Promise<MailerWorld>): void {
  describe(`a mailer: ${name}`, () => {
    let world: MailerWorld;
    beforeEach(async () => {
      world = await open();
    });
    afterEach(() => world.close());

    it('hands over the address, the subject and the text, whatever letters they have', async () => {
      await world.mailer.send('ltr_1', {
        to: 'ann@example.com',
        subject: 'Grüße 🙂',
        text: 'Open\n\nhttps://video.example.com/verify?token=abc\n\nDanke für 1 €.',
      });
      const [message] = await world.arrived();
      expect(message).toMatch(/^To: ann@example\.com$/m);
      expect(message).toMatch(/^From: .*no-reply@example\.com/m);
      expect(message).toMatch(/^Message-ID: <ltr_1@us-video-api>$/m);
      expect(message).toMatch(/^Subject: =\?UTF-8\?/m);
      expect(textOf(message!)).toContain('https://video.example.com/verify?token=abc');
      expect(textOf(message!)).toContain('für 1 €');
    });

    it('hands over each letter, in its order', async () => {
      for (const id of ['ltr_1', 'ltr_2', 'ltr_3'])
        await world.mailer.send(id, { to: 'ann@example.com', subject: id, text: id });
      expect((await world.arrived()).map((message) => /^Subject: (.*)$/m.exec(message)![1])).toEqual([
        'ltr_1',
        'ltr_2',
        'ltr_3',
      ]);
    });

    it('puts no further header into a letter, whatever its subject', async () => {
      await world.mailer.send('ltr_1', { to: 'ann@example.com', subject: 'x\r\nBcc: eve@example.com', text: 'y' });
      expect((await world.arrived()).join()).not.toMatch(/^Bcc:/m);
    });

    it('says when nobody took the letter over', async () => {
      await world.break();
      await expect(world.mailer.send('ltr_1', { to: 'ann@example.com', subject: 'x', text: 'y' })).rejects.toThrow();
    });
  });
}

function textOf(message: string): string {
  const body = message.slice(message.search(/\r?\n\r?\n/)).trim();
  if (/^Content-Transfer-Encoding: base64$/im.test(message)) return Buffer.from(body, 'base64').toString('utf8');
  const bytes = body
    .replace(/=\r?\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString('utf8');
}
