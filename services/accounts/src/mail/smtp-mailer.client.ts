import { createTransport } from 'nodemailer';
import type { Letter, Mailer } from './mailer';

const WITHIN_MS = 20_000;

/** `smtp://user:password@host:587` (STARTTLS where it is offered) or `smtps://…`. */
export class SmtpMailer implements Mailer {
  private readonly transport;

  constructor(
    url: string,
    private readonly from: string,
    /** An HTTP proxy on the way there. */
    proxy?: string,
  ) {
    this.transport = createTransport({
      url,
      pool: true,
      maxConnections: 2,
      connectionTimeout: WITHIN_MS,
      greetingTimeout: WITHIN_MS,
      socketTimeout: WITHIN_MS,
      dnsTimeout: WITHIN_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
      ...(proxy !== undefined && { proxy }),
    } as Parameters<typeof createTransport>[0]);
  }

  async send(letterId: string, { to, subject, text }: Letter): Promise<void> {
    await this.transport.sendMail({ from: this.from, to, subject, text, messageId: `<${letterId}@us-video-api>` });
  }

  async stop(): Promise<void> {
    this.transport.close();
  }
}
