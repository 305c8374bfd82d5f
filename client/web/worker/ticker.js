// A worker that only ticks: timers of workers go on while a page is hidden. device/background_timer.js starts it.

setInterval(() => postMessage('tick'), 1_000);
