// Providers: a real one (oidc-provider), whose keys can be changed, and one that lies.

import { generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import { createServer } from 'node:http';
import { Provider } from 'oidc-provider';

export const SECRET = 'a secret of thirty-two bytes or more';

/** A private key as a JWK. @returns {any} */
export function key() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: randomUUID(), use: 'sig', alg: 'RS256' };
}

/** @param {(q: any, r: any) => void} answer */
async function listening(answer) {
  const server = createServer(answer);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { server, issuer: `http://127.0.0.1:${port}` };
}

/** A real provider that lets everybody in as whom they say. */
export class RealProvider {
  /** @type {any} */ #answer;
  #redirect = '';

  /** @param {string} redirect where people come back to */
  static async start(redirect) {
    const provider = new RealProvider();
    provider.#redirect = redirect;
    const { server, issuer } = await listening((request, response) => provider.#answer(request, response));
    Object.assign(provider, { server, issuer });
    provider.useKeys([key()]);
    return provider;
  }

  server = /** @type {any} */ (null);
  issuer = '';

  /** Begins again with these keys, as after a change of all of them. @param {any[]} keys */
  useKeys(keys) {
    const provider = new Provider(this.issuer, {
      clients: [{
        client_id: 'throng', client_secret: SECRET, redirect_uris: [this.#redirect],
        grant_types: ['authorization_code'], response_types: ['code'],
      }],
      jwks: { keys },
      cookies: { keys: ['for tests alone'] },
      scopes: ['openid', 'profile'],
      claims: { openid: ['sub', 'groups'], profile: ['name'] },
      conformIdTokenClaims: false,
      features: { devInteractions: { enabled: true } },
      findAccount: (/** @type {unknown} */ _, /** @type {string} */ id) => ({
        accountId: id,
        claims: () => ({ sub: id, name: `Person ${id}`, groups: id === 'mia' ? ['staff'] : [] }),
      }),
    });
    this.#answer = provider.callback();
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** A provider that says whatever a test wants. */
export class LyingProvider {
  keys = [key()];
  /** What the ID token says, from what the log-in began with. @type {(begun: any) => any} */
  claims = (begun) => begun;
  /** The header of the ID token. @type {any} */
  header = {};
  /** What replaces its metadata. @type {any} */
  metadata = {};
  /** Paths that are never answered. @type {Set<string>} */
  silent = new Set();
  /** @type {any} */ #begun = {};
  server = /** @type {any} */ (null);
  issuer = '';

  static async start() {
    const provider = new LyingProvider();
    Object.assign(provider, await listening((request, response) => provider.#serve(request, response)));
    return provider;
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  #serve(request, response) {
    const url = new URL(request.url ?? '/', this.issuer);
    if (this.silent.has(url.pathname)) return;
    const json = (/** @type {any} */ body, status = 200) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    };
    switch (url.pathname) {
      case '/.well-known/openid-configuration':
        return json({
          issuer: this.issuer, authorization_endpoint: `${this.issuer}/auth`, token_endpoint: `${this.issuer}/token`,
          jwks_uri: `${this.issuer}/jwks`, ...this.metadata,
        });
      case '/jwks':
        return json({ keys: this.keys.map(({ kty, n, e, kid, use, alg }) => ({ kty, n, e, kid, use, alg })) });
      case '/token':
        return json({ access_token: 'a', token_type: 'Bearer', id_token: this.#idToken() });
      default:
        return json({}, 404);
    }
  }

  /** Sends a browser straight back, without a page in between. @param {string} url of the authorization */
  answer(url) {
    const asked = new URL(url).searchParams;
    const now = Math.floor(Date.now() / 1000);
    this.#begun = {
      iss: this.issuer, aud: asked.get('client_id'), sub: 'ana', iat: now, exp: now + 300, nonce: asked.get('nonce'), name: 'Ana',
    };
    return `${asked.get('redirect_uri')}?${new URLSearchParams({ code: 'c', state: asked.get('state') ?? '' })}`;
  }

  #idToken() {
    const part = (/** @type {any} */ json) => Buffer.from(JSON.stringify(json)).toString('base64url');
    const header = { alg: 'RS256', typ: 'JWT', kid: this.keys[0].kid, ...this.header };
    const message = `${part(header)}.${part(this.claims(this.#begun))}`;
    if (header.alg === 'none') return `${message}.`;
    const signature = sign('sha256', Buffer.from(message), { key: this.keys[0], format: 'jwk' });
    return `${message}.${signature.toString('base64url')}`;
  }

  stop() {
    this.server.closeAllConnections();
    this.server.close();
  }
}

