import { FileMailer } from './file-mailer.client';
import type { Mailer } from './mailer';
import { SmtpMailer } from './smtp-mailer.client';

/** @param url `smtp://…`, `smtps://…` or `file:<folder>` @param proxy an HTTP proxy on the way to the server */
export function openMailer(url: string, from: string, proxy?: string): Mailer {
  return url.startsWith('file:') ? new FileMailer(url.slice('file:'.length), from) : new SmtpMailer(url, from, proxy);
}
