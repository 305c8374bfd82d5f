// A worker that does nothing but tick: the timers of workers go on while a page is out of sight.
// ticks.js starts it.

setInterval(() => postMessage('tick'), 1_000);
