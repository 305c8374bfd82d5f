// What must not happen in a page: an uncaught exception, an error in the console, a violation of the page's
// policy.

/** Errors that a browser rightly reports when the network or the server was away. */
const WHILE_AWAY = [
  // In Firefox.
  /can.t establish a connection to the server at ws:/, /was interrupted while the page was loading/, /A ServiceWorker intercepted the request/,
  // ERR_FAILED: the service worker found no network for a file that is loaded later.
  /^WebSocket connection to '[^']*' failed/,
  // The worker that was being installed.
  /^An unknown error occurred when fetching the script/,
  /^Failed to load resource: net::ERR_(FAILED|CONNECTION_|INTERNET_DISCONNECTED|NETWORK_|EMPTY_RESPONSE|SOCKET_)/,
];

/** Runs in the page: reports policy violations. The console does too, but its wording changes. */
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

  /** The troubles so far, without the expected ones. */
  get told() {
    return this.#told.filter((line) => !this.#wasAway() || !WHILE_AWAY.some((usual) => usual.test(line)));
  }

  /** Removes the troubles that a test caused on purpose; the others fail the test. @param {RegExp} words */
  take(words) {
    const taken = this.#told.filter((line) => words.test(line));
    this.#told = this.#told.filter((line) => !words.test(line));
    return taken;
  }
}
