/** What Nest injects by name because it is no class. */

/** A `SecretBox`, or undefined without `SECRETS_KEY`. */
export const SECRET_BOX = Symbol('secret box');
/** A `Mailer`, or undefined without `MAIL_URL`. */
export const MAILER = Symbol('mailer');
/** The `Links` that letters contain. */
export const LINKS = Symbol('links');
