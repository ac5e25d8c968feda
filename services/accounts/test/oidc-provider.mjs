import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

/**
 * A real OpenID Connect provider for tests. Its page asks for an address and believes it; that of somebody unproven it does not vouch for.
 * Whoever is ann.platform@… is in the group platform.
 */
export async function startOidcProvider(...redirectUris) {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://localhost:${server.address().port}`;
  const client = {
    client_id: 'us-video-api',
    client_secret: randomBytes(24).toString('base64url'),
    redirect_uris: redirectUris,
    grant_types: ['authorization_code'],
    response_types: ['code'],
  };
  const provider = new Provider(issuer, {
    clients: [client],
    cookies: { keys: [randomBytes(24).toString('base64url')] },
    features: { devInteractions: { enabled: false } },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, id) => ({
      accountId: id,
      claims: () => ({
        sub: `sub-${id}`,
        email: id,
        email_verified: !id.startsWith('unproven'),
        name: id.split('@')[0],
        groups: ['everybody', ...id.split('@')[0].split('.').slice(1)],
      }),
    }),
    loadExistingGrant: async ({ oidc }) => {
      const grant = new oidc.provider.Grant({ clientId: oidc.client.clientId, accountId: oidc.session.accountId });
      grant.addOIDCScope('openid email profile');
      await grant.save();
      return grant;
    },
  });
  const handle = provider.callback();
  server.on('request', (request, response) =>
    request.url.startsWith('/interaction/') ? void interact(provider, request, response) : handle(request, response),
  );
  return {
    settings: {
      OIDC_ISSUER_URL: issuer,
      OIDC_CLIENT_ID: client.client_id,
      OIDC_CLIENT_SECRET: client.client_secret,
      OIDC_NAME: 'Example Inc.',
    },
    operatorSettings: {
      OPERATOR_OIDC_ISSUER_URL: issuer,
      OPERATOR_OIDC_CLIENT_ID: client.client_id,
      OPERATOR_OIDC_CLIENT_SECRET: client.client_secret,
      OPERATOR_OIDC_NAME: 'Example Inc.',
      OPERATOR_OIDC_ROLES: 'platform=operator,helpdesk=support,finance=auditor',
    },
    stop: async () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function interact(provider, request, response) {
  if (request.method === 'GET') {
    response.setHeader('content-type', 'text/html');
    return response.end(
      '<title>Example Inc.</title><form method="post"><label>Address <input name="address"></label><button>Sign in</button><button name="refuse" value="1">Refuse</button></form>',
    );
  }
  let body = '';
  for await (const chunk of request) body += chunk;
  const form = new URLSearchParams(body);
  await provider.interactionFinished(
    request,
    response,
    form.has('refuse') ? { error: 'access_denied' } : { login: { accountId: form.get('address') } },
  );
}

// Started as a process of its own, it says where it is and ends with its parent.
if (process.argv[1] === import.meta.filename) {
  const { settings, operatorSettings } = await startOidcProvider(...process.argv.slice(2));
  console.log(JSON.stringify({ ...settings, ...operatorSettings }));
  process.stdin.resume().on('end', () => process.exit(0));
}
