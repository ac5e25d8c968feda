import * as oidc from 'openid-client';

export interface OidcSettings {
  readonly issuerUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly redirectUrl: string;
  /** What people call it. */
  readonly name: string;
  readonly scope: string;
  /** What it must say of somebody; asked for where the token leaves one of them out. */
  readonly claims: readonly string[];
}

/** What an answer of the provider must match. */
export interface OidcExpectation {
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface OidcPerson {
  readonly issuer: string;
  readonly subject: string;
  readonly email: string;
  readonly emailVerified: boolean;
  readonly name: string;
  /** All that the provider says of them. */
  readonly claims: Readonly<Record<string, unknown>>;
}

/** The provider, or who sent the browser, says that this is not somebody who signed in. */
export class OidcRefused extends Error {
  override readonly name = 'OidcRefused';
}

const ANSWER_WITHIN_SECONDS = 10;
export const SCOPE = 'openid email profile';

/** The identity provider, by OpenID Connect: authorization code with PKCE, a nonce and a client secret. */
export class OidcProvider {
  private discovered: Promise<oidc.Configuration> | undefined;

  constructor(private readonly settings: OidcSettings) {}

  get name(): string {
    return this.settings.name;
  }

  expectation(): OidcExpectation {
    return { nonce: oidc.randomNonce(), codeVerifier: oidc.randomPKCECodeVerifier() };
  }

  /** Where the browser goes. @throws when the provider does not answer */
  async authorizationUrl(state: string, { nonce, codeVerifier }: OidcExpectation): Promise<string> {
    const parameters = {
      redirect_uri: this.settings.redirectUrl,
      scope: this.settings.scope,
      state,
      nonce,
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    };
    return oidc.buildAuthorizationUrl(await this.configuration(), parameters).href;
  }

  /** @throws OidcRefused, and whatever keeps the provider from answering */
  async person(query: string, state: string, { nonce, codeVerifier }: OidcExpectation): Promise<OidcPerson> {
    const callback = new URL(`${this.settings.redirectUrl}?${query}`);
    const tokens = await oidc
      .authorizationCodeGrant(await this.configuration(), callback, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      })
      .catch(refuse);
    const claims = tokens.claims()!;
    const isWhole = this.settings.claims.every((name) => claims[name] !== undefined);
    const info: Readonly<Record<string, unknown>> = isWhole
      ? claims
      : {
          ...claims,
          ...(await oidc.fetchUserInfo(await this.configuration(), tokens.access_token, claims.sub).catch(refuse)),
        };
    const { email, email_verified: verified, name } = info;
    return {
      issuer: claims.iss,
      subject: claims.sub,
      email: textOf(email),
      emailVerified: verified === true || verified === 'true',
      name: textOf(name),
      claims: info,
    };
  }

  /** Asked again after a failure. */
  private configuration(): Promise<oidc.Configuration> {
    this.discovered ??= this.discover().catch((error: unknown) => {
      this.discovered = undefined;
      throw error;
    });
    return this.discovered;
  }

  private async discover(): Promise<oidc.Configuration> {
    const issuer = new URL(this.settings.issuerUrl);
    const options = {
      timeout: ANSWER_WITHIN_SECONDS,
      ...(issuer.protocol === 'http:' ? { execute: [oidc.allowInsecureRequests] } : {}),
    };
    return oidc.discovery(issuer, this.settings.clientId, this.settings.clientSecret, undefined, options);
  }
}

/** Time-outs and broken connections are nobody's fault who signs in. */
function refuse(error: unknown): never {
  const isAnswer =
    error instanceof oidc.AuthorizationResponseError ||
    error instanceof oidc.ResponseBodyError ||
    error instanceof oidc.ClientError;
  throw isAnswer && (error as oidc.ClientError).code !== 'OAUTH_TIMEOUT'
    ? new OidcRefused(error.message, { cause: error })
    : error;
}

function textOf(claim: unknown): string {
  return typeof claim === 'string' ? claim : '';
}
