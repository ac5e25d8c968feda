import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport } from 'nodemailer';
import type { Letter, Mailer } from './mailer';

/** Puts each letter into a folder, as `<letter id>.eml`: for trying the platform, and for tests. */
export class FileMailer implements Mailer {
  private readonly transport = createTransport({ streamTransport: true, buffer: true, newline: 'unix' });

  constructor(
    private readonly folder: string,
    private readonly from: string,
  ) {}

  async send(letterId: string, { to, subject, text }: Letter): Promise<void> {
    const { message } = await this.transport.sendMail({
      from: this.from,
      to,
      subject,
      text,
      messageId: `<${letterId}@us-video-api>`,
    });
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const file = join(this.folder, `${letterId}.eml`);
    await writeFile(`${file}.new`, message as Buffer, { mode: 0o600 });
    await rename(`${file}.new`, file);
  }

  async stop(): Promise<void> {
    this.transport.close();
  }
}
