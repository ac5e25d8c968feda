import { Inject, Injectable } from '@nestjs/common';
import type { Database } from '@usvideo/event-store';
import { DATABASE } from '@usvideo/service';
import { mintToken, tokenDigest } from '../people/secret-token.store';

export type FlowKind = 'oidc' | 'operator_oidc' | 'passkey' | 'passkey_sign_in';

const LIFE_SECONDS: Readonly<Record<FlowKind, number>> = {
  oidc: 600,
  operator_oidc: 600,
  passkey: 300,
  passkey_sign_in: 300,
};
const BEGIN = `
insert into sign_in_flow (token_sha256, kind, person_id, expected, expires_at) values ($1, $2, $3, $4, now() + make_interval(secs => $5))`;
const SPEND = `
delete from sign_in_flow where token_sha256 = $1 and kind = $2 and person_id is not distinct from $3 and expires_at > now() returning expected`;

/** What was begun in a browser and is finished there, once. */
@Injectable()
export class Flows {
  constructor(@Inject(DATABASE) private readonly database: Database) {}

  /** @param personId whose it is; undefined before anybody has signed in */
  async begin(kind: FlowKind, expected: object, personId?: string): Promise<string> {
    const { token, digest } = mintToken();
    await this.database.query({
      name: 'flow_begin',
      text: BEGIN,
      values: [digest, kind, personId ?? null, JSON.stringify(expected), LIFE_SECONDS[kind]],
    });
    return token;
  }

  /** Undefined: it was finished, its time is over, or it is somebody else's. */
  async spend<Expected>(kind: FlowKind, token: string, personId?: string): Promise<Expected | undefined> {
    const { rows } = await this.database.query<{ expected: Expected }>({
      name: 'flow_spend',
      text: SPEND,
      values: [tokenDigest(token), kind, personId ?? null],
    });
    return rows[0]?.expected;
  }
}
