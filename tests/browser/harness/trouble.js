// What must not happen in a page: an exception that nobody caught, an error in the console, something
// that the policy of the page forbids.

/** What a browser says, rightly, when the network or the server was away. */
const WHILE_AWAY = [
  // In Firefox.
  /can.t establish a connection to the server at ws:/, /was interrupted while the page was loading/, /A ServiceWorker intercepted the request/,
  // ERR_FAILED: the service worker found no network for what is loaded later.
  /^WebSocket connection to '[^']*' failed/,
  // The worker that was being installed.
  /^An unknown error occurred when fetching the script/,
  /^Failed to load resource: net::ERR_(FAILED|CONNECTION_|INTERNET_DISCONNECTED|NETWORK_|EMPTY_RESPONSE|SOCKET_)/,
];

/** Runs in the page: tells what the policy refused. The console tells it too, in words that change. */
export function tellViolations() {
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sourceFile, lineNumber }) =>
    console.error(`the policy refused ${violatedDirective}: ${blockedURI} (${sourceFile}:${lineNumber})`));
}

export class Trouble {
  /** @type {string[]} */
  #told = [];
  #wasAway;

  /**
   * @param {import('playwright-core').BrowserContext} context
   * @param {() => boolean} wasAway whether the server or the network has been away
   */
  constructor(context, wasAway) {
    this.#wasAway = wasAway;
    context.on('weberror', (error) => this.#told.push(String(error.error().stack ?? error.error())));
    context.on('console', (message) => {
      if (message.type() === 'error') this.#told.push(`${message.text()} (${message.location().url})`);
    });
  }

  /** What happened so far, without what is to be expected. */
  get told() {
    return this.#told.filter((line) => !this.#wasAway() || !WHILE_AWAY.some((usual) => usual.test(line)));
  }

  /** Takes what a test brought about on purpose; what is left fails the test. @param {RegExp} words */
  take(words) {
    const taken = this.#told.filter((line) => words.test(line));
    this.#told = this.#told.filter((line) => !words.test(line));
    return taken;
  }
}
