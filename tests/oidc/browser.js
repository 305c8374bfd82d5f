// A browser without a window: it follows redirections, keeps cookies for each host and path, and fills in the forms
// of the provider's own pages.

export class Browser {
  /** By origin, then by name. @type {Map<string, Map<string, {value: string, path: string}>>} */
  #cookies = new Map();

  /**
   * One request, without following anything.
   * @param {string} url @param {RequestInit} [options]
   */
  async request(url, options = {}) {
    const { origin, pathname } = new URL(url);
    const kept = this.#cookies.get(origin) ?? new Map();
    const cookies = [...kept].filter(([, { path }]) => pathname.startsWith(path)).map(([name, { value }]) => `${name}=${value}`);
    const headers = { ...options.headers, ...(cookies.length ? { cookie: cookies.join('; ') } : {}) };
    const response = await fetch(url, { redirect: 'manual', ...options, headers });
    for (const line of response.headers.getSetCookie()) {
      const [pair, ...rules] = line.split(';').map((part) => part.trim());
      const [name, value] = [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)];
      const rule = (/** @type {string} */ wanted) => rules.find((it) => it.toLowerCase().startsWith(`${wanted}=`))?.split('=')[1];
      const isOver = rule('max-age') === '0' || new Date(rule('expires') ?? '9999-01-01') < new Date();
      if (isOver) kept.delete(name); else kept.set(name, { value, path: rule('path') ?? '/' });
    }
    this.#cookies.set(origin, kept);
    return response;
  }

  /** Another one with the same cookies. */
  copy() {
    const copy = new Browser();
    for (const [origin, cookies] of this.#cookies) copy.#cookies.set(origin, new Map(cookies));
    return copy;
  }

  /** Sends every cookie to every path from now on, as somebody would who has copied them. */
  widen() {
    for (const cookies of this.#cookies.values()) {
      for (const [name, { value }] of cookies) cookies.set(name, { value, path: '/' });
    }
  }

  /** The names of the cookies of a server. @param {string} url */
  cookies(url) {
    return [...(this.#cookies.get(new URL(url).origin)?.keys() ?? [])];
  }

  /** Goes where a response leads, until one leads nowhere or `stop` says so. @param {string} url @param {(url: string) => boolean} stop */
  async follow(url, stop = () => false) {
    for (let left = 20; left > 0; left -= 1) {
      if (stop(url)) return { url, response: null, text: '' };
      const response = await this.request(url);
      const to = response.headers.get('location');
      if (!to) return { url, response, text: await response.text() };
      url = new URL(to, url).href;
    }
    throw new Error(`too many redirections, the last to ${url}`);
  }

  /**
   * Logs in at the provider's own pages, up to an address that `stop` knows.
   * @param {string} start @param {string} who @param {(url: string) => boolean} stop
   * @returns {Promise<string>} that address
   */
  async logIn(start, who, stop) {
    let at = await this.follow(start, stop);
    for (let left = 5; at.response && left > 0; left -= 1) {
      const action = /<form[^>]*action="([^"]+)"/.exec(at.text)?.[1];
      if (!action) throw new Error(`no form at ${at.url}: ${at.response.status} ${at.text.slice(0, 400)}`);
      const prompt = /name="prompt" value="(\w+)"/.exec(at.text)?.[1] ?? '';
      const body = new URLSearchParams(prompt === 'login' ? { prompt, login: who, password: 'x' } : { prompt });
      const response = await this.request(new URL(action, at.url).href, { method: 'POST', body });
      const to = response.headers.get('location');
      if (!to) throw new Error(`the form led nowhere: ${response.status} ${await response.text()}`);
      at = await this.follow(new URL(to, at.url).href, stop);
    }
    return at.url;
  }
}
