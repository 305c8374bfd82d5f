// Logging in at a provider of OpenID Connect: the real one of the npm package oidc-provider, and one that lies.

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import WebSocket from 'ws';
import { eventually } from '../browser/harness/patience.js';
import { Server } from '../browser/harness/server.js';
import { Browser } from './browser.js';
import { key, LyingProvider, RealProvider, SECRET } from './provider.js';

/** What each of these needs: a server that trusts providers, and what it trusts. */
class Stage {
  folder = mkdtempSync(join(tmpdir(), 'throng-oidc-'));
  server = /** @type {Server} */ (/** @type {any} */ (null));

  /** @param {import('node:test').TestContext} t */
  static async of(t) {
    const stage = new Stage();
    stage.server = await Server.start();
    t.after(async () => {
      await stage.server.remove();
      rmSync(stage.folder, { recursive: true, force: true });
    });
    return stage;
  }

  get url() {
    return this.server.url.replace(/\/$/, '');
  }

  /** @param {string} name */
  callback(name) {
    return `${this.url}/oidc/${name}/callback`;
  }

  /** Starts the server again, trusting these. @param {Record<string, {issuer: string}>} providers @param {string} [more] */
  async trust(providers, more = '') {
    writeFileSync(join(this.folder, 'secret'), SECRET);
    const tables = Object.entries(providers).map(([name, { issuer }]) => `
      [[oidc]]
      name = "${name}"
      issuer = "${issuer}"
      client_id = "throng"
      client_secret_file = "secret"
      scopes = ["profile"]
      nick_claim = "name"
      roles_claim = "groups"
      ${more}
      [oidc.roles]
      staff = "moderator"`);
    const file = join(this.folder, 'issuers.toml');
    writeFileSync(file, `public_url = "${this.url}"\n${tables.join('\n')}`);
    await this.server.stop();
    await this.server.restart(['--trust', '127.0.0.0/8', '--issuers-file', file]);
  }

  /** Up to the way back from a provider. @param {Browser} browser @param {string} name @param {string} who */
  logIn(browser, name, who) {
    return browser.logIn(`${this.url}/oidc/${name}/start`, who, (url) => url.startsWith(this.callback(name)));
  }

  /** The greeting of whoever has this code. @param {any} hello */
  async hello(hello) {
    const socket = new WebSocket(`${this.url.replace('http', 'ws')}/ws`);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const answer = new Promise((resolve) => socket.once('message', (text) => resolve(JSON.parse(String(text)))));
    socket.send(JSON.stringify({ type: 'hello', id: 1, version: 1, ...hello }));
    const said = await answer;
    socket.close();
    return said;
  }
}

/** The code in the address of the page. @param {Response} response */
function codeOf(response) {
  assert.equal(response.status, 303);
  const to = response.headers.get('location') ?? '';
  const code = /^http:\/\/127\.0\.0\.1:\d+\/#device=([0-9A-Z]{5}-[0-9A-Z]{5})$/.exec(to)?.[1];
  assert.ok(code, to);
  return code;
}

/** @param {Response} response @param {RegExp} words @param {number} [status] */
async function refused(response, words, status = 400) {
  const text = await response.text();
  assert.equal(response.status, status, text);
  assert.match(text, words);
  assert.equal(response.headers.get('location'), null);
}

/** A stage with one real provider. @param {import('node:test').TestContext} t */
async function real(t) {
  const stage = await Stage.of(t);
  const provider = await RealProvider.start(stage.callback('a'));
  t.after(() => provider.stop());
  await stage.trust({ a: provider });
  return { stage, provider };
}

/** A stage with one that lies, and the way back of a log-in that was begun there. @param {import('node:test').TestContext} t */
async function lying(t) {
  const stage = await Stage.of(t);
  const provider = await LyingProvider.start();
  t.after(() => provider.stop());
  await stage.trust({ a: provider });
  const begin = async (browser = new Browser()) => {
    const { url } = await browser.follow(`${stage.url}/oidc/a/start`, (at) => at.startsWith(provider.issuer));
    return { browser, back: provider.answer(url) };
  };
  return { stage, provider, begin };
}

test('who logs in at a provider is one person with an account, on every device', async (t) => {
  const { stage } = await real(t);
  const browser = new Browser();
  const back = await stage.logIn(browser, 'a', 'ana');
  assert.ok(browser.cookies(stage.url).some((name) => name.startsWith('throng-oidc-')));
  const response = await browser.request(back);
  const first = await stage.hello({ code: codeOf(response) });
  assert.deepEqual([first.type, first.user.nick, first.role], ['ok', 'Person-ana', 'member']);
  assert.ok(first.token && first.login);
  assert.deepEqual(browser.cookies(stage.url), [], 'nothing is left of the log-in');
  const phone = new Browser();
  const again = await stage.hello({ code: codeOf(await phone.request(await stage.logIn(phone, 'a', 'ana'))) });
  assert.equal(again.user.id, first.user.id);
  const mia = new Browser();
  const other = await stage.hello({ code: codeOf(await mia.request(await stage.logIn(mia, 'a', 'mia'))) });
  assert.notEqual(other.user.id, first.user.id);
  assert.equal(other.role, 'moderator', 'a group of the provider is a role here');
  assert.equal((await stage.hello({ token: first.token })).user.id, first.user.id);
});

test('the way to the provider has state, nonce and challenge, and nothing in a request decides the way back', async (t) => {
  const { stage, provider } = await real(t);
  for (const more of ['', '?return_to=https://evil.example', '?redirect_uri=https://evil.example&next=//evil.example']) {
    const response = await new Browser().request(`${stage.url}/oidc/a/start${more}`);
    assert.equal(response.status, 303);
    const to = new URL(response.headers.get('location') ?? '');
    assert.equal(to.origin, provider.issuer);
    const asked = Object.fromEntries(to.searchParams);
    assert.equal(asked.redirect_uri, stage.callback('a'));
    assert.deepEqual([asked.response_type, asked.code_challenge_method, asked.scope], ['code', 'S256', 'openid profile']);
    for (const name of ['state', 'nonce', 'code_challenge']) assert.ok(asked[name].length >= 43, name);
    const cookie = response.headers.getSetCookie().join();
    for (const rule of ['HttpOnly', 'SameSite=Lax', 'Max-Age=600', 'Path=/oidc/a']) assert.ok(cookie.includes(rule), cookie);
  }
  assert.deepEqual(await (await new Browser().request(`${stage.url}/oidc`)).json(), { providers: ['a'] });
  assert.equal((await new Browser().request(`${stage.url}/oidc/b/start`)).status, 404);
  assert.equal((await new Browser().request(`${stage.url}/oidc/a/start`, { method: 'POST' })).status, 405);
});

test('a way back with another state, from another browser, or for the second time leads nowhere', async (t) => {
  const { stage } = await real(t);
  const browser = new Browser();
  const back = await stage.logIn(browser, 'a', 'ana');
  const changed = new URL(back);
  changed.searchParams.set('state', 'A'.repeat(43));
  await refused(await browser.request(changed.href), /not begun in this browser/);
  changed.searchParams.delete('state');
  await refused(await browser.request(changed.href), /not begun in this browser/);
  await refused(await browser.request(`${back}&state=again`), /not what a provider makes/);
  await refused(await new Browser().request(back), /not begun in this browser/);
  const [cookie] = browser.cookies(stage.url);
  assert.ok(cookie);
  codeOf(await browser.request(back));
  await refused(await browser.request(back), /not begun in this browser/);
});

test('a code is good once, and only in the log-in that it was made for', async (t) => {
  const { stage } = await real(t);
  const [ana, eve] = [new Browser(), new Browser()];
  const [ofAna, ofEve] = [await stage.logIn(ana, 'a', 'ana'), await stage.logIn(eve, 'a', 'eve')];
  // Eve's code in Ana's browser would make Ana write as Eve.
  const mixed = new URL(ofAna);
  mixed.searchParams.set('code', new URL(ofEve).searchParams.get('code') ?? '');
  await refused(await ana.request(mixed.href), /refused the code/);
  const again = await stage.logIn(ana, 'a', 'ana');
  const kept = ana.copy();
  codeOf(await ana.request(again));
  await refused(await kept.request(again), /refused the code/);
});

test('what an ID token says is checked against the log-in', async (t) => {
  const { stage, provider, begin } = await lying(t);
  const good = await begin();
  const greeting = await stage.hello({ code: codeOf(await good.browser.request(good.back)) });
  assert.equal(greeting.user.nick, 'Ana');
  /** @type {[string, any, any, RegExp][]} */
  const lies = [
    ['another nonce', { nonce: 'x'.repeat(43) }, {}, /another log-in/],
    ['no nonce', { nonce: undefined }, {}, /another log-in/],
    ['another client', { aud: 'another' }, {}, /audience/],
    ['several clients', { aud: ['throng', 'another'] }, {}, /another client/],
    ['another party', { azp: 'another' }, {}, /another client/],
    ['another issuer', { iss: 'https://evil.example' }, {}, /not signed by who it says/],
    ['an old one', { iat: 1_000_000, exp: 1_000_300 }, {}, /expired/],
    ['nobody', { sub: '' }, {}, /`sub`/],
    ['no signature', {}, { alg: 'none' }, /ID token/],
    ['another algorithm', {}, { alg: 'HS256' }, /ID token/],
    ['its own key', {}, { jwk: { kty: 'RSA' } }, /ID token/],
    ['an unknown key', {}, { kid: 'another' }, /know the key/],
  ];
  for (const [name, claims, header, words] of lies) {
    provider.claims = (begun) => ({ ...begun, ...claims });
    provider.header = header;
    const { browser, back } = await begin();
    await t.test(name, async () => refused(await browser.request(back), words));
  }
});

test('two providers are never mixed up', async (t) => {
  const stage = await Stage.of(t);
  const [a, b] = [await RealProvider.start(stage.callback('a')), await RealProvider.start(stage.callback('b'))];
  t.after(() => [a, b].forEach((provider) => provider.stop()));
  await stage.trust({ a, b });
  const browser = new Browser();
  const back = new URL(await stage.logIn(browser, 'a', 'ana'));
  assert.equal(back.searchParams.get('iss'), a.issuer);
  // The answer of the one, said to come from the other, or from nobody.
  for (const iss of [b.issuer, null]) {
    const changed = new URL(back);
    if (iss) changed.searchParams.set('iss', iss); else changed.searchParams.delete('iss');
    await refused(await browser.copy().request(changed.href), /not this provider's/);
  }
  const elsewhere = new URL(back.href.replace('/oidc/a/', '/oidc/b/'));
  elsewhere.searchParams.set('iss', b.issuer);
  const kept = browser.copy();
  kept.widen();
  await refused(await kept.request(elsewhere.href), /not begun in this browser/);
  const first = await stage.hello({ code: codeOf(await browser.request(back.href)) });
  const same = new Browser();
  const other = await stage.hello({ code: codeOf(await same.request(await stage.logIn(same, 'b', 'ana'))) });
  assert.notEqual(other.user.id, first.user.id, 'a name at another provider is somebody else');
});

test('whom the server has banned is let in by no provider', async (t) => {
  const { stage } = await real(t);
  const browser = new Browser();
  const first = await stage.hello({ code: codeOf(await browser.request(await stage.logIn(browser, 'a', 'ana'))) });
  await stage.server.admin('ban', first.user.nick);
  const again = new Browser();
  await refused(await again.request(await stage.logIn(again, 'a', 'ana')), /banned/);
  assert.equal((await stage.hello({ token: first.token })).code, 'banned');
});

test('when a provider changes its keys, people go on logging in', async (t) => {
  const { stage, provider } = await real(t);
  const before = new Browser();
  const first = await stage.hello({ code: codeOf(await before.request(await stage.logIn(before, 'a', 'ana'))) });
  provider.useKeys([key()]);
  // For an unknown key the server asks again, but not more than every five seconds.
  const response = await eventually('the server has the new key', async () => {
    const after = new Browser();
    const response = await after.request(await stage.logIn(after, 'a', 'ana'));
    if (response.status !== 303) await refused(response, /know the key/);
    return response;
  }, ({ status }) => status === 303);
  assert.equal((await stage.hello({ code: codeOf(response) })).user.id, first.user.id);
});

test('a provider that is down, hangs or talks nonsense stops nobody else', async (t) => {
  const { stage, provider, begin } = await lying(t);
  const { browser, back } = await begin();
  provider.silent.add('/token');
  const waiting = browser.copy().request(back);
  const greeting = await stage.hello({ nick: 'bo' });
  assert.equal(greeting.user.nick, 'bo', 'the chat goes on meanwhile');
  await refused(await waiting, /does not answer: try again later/, 502);
  provider.silent.clear();
  codeOf(await browser.copy().request(back));
  provider.stop();
  await refused(await browser.request(back), /does not answer/, 502);
  assert.equal((await stage.hello({ nick: 'cy' })).type, 'ok');
});

test('a provider leads only to its own hosts', async (t) => {
  const stage = await Stage.of(t);
  const provider = await LyingProvider.start();
  t.after(() => provider.stop());
  for (const metadata of [
    { authorization_endpoint: 'https://evil.example/auth' },
    { token_endpoint: 'http://169.254.169.254/latest' },
    { issuer: 'https://evil.example' },
    { authorization_endpoint: 'javascript:alert(1)' },
  ]) {
    provider.metadata = metadata;
    await stage.trust({ a: provider });
    const response = await new Browser().request(`${stage.url}/oidc/a/start`);
    assert.ok([400, 502].includes(response.status), JSON.stringify(metadata));
    assert.equal(response.headers.get('location'), null);
  }
  // The same provider, when it says nothing of others, is followed: it was not refused for something else.
  provider.metadata = {};
  await stage.trust({ a: provider });
  const response = await new Browser().request(`${stage.url}/oidc/a/start`);
  assert.equal(response.status, 303);
  assert.ok(response.headers.get('location')?.startsWith(provider.issuer));
});
