//! Many people at once, one thread each.

use std::thread::{Builder, Scope, ScopedJoinHandle};

/// The stack of a person's thread: small, so that a thousand threads cost little.
const STACK_BYTES: usize = 512 * 1024;

/// Starts a person in a separate thread, named so that a failure says who it was.
pub fn person<'scope, T: Send + 'scope>(
    scope: &'scope Scope<'scope, '_>,
    name: String,
    life: impl FnOnce() -> T + Send + 'scope,
) -> ScopedJoinHandle<'scope, T> {
    Builder::new()
        .name(name)
        .stack_size(STACK_BYTES)
        .spawn_scoped(scope, life)
        .expect("the machine allows more threads")
}

/// Waits for a person; fails with the panic of its thread.
pub fn ended<T>(handle: ScopedJoinHandle<'_, T>) -> T {
    let name = handle.thread().name().unwrap_or("somebody").to_owned();
    handle.join().unwrap_or_else(|panic| {
        let why = panic.downcast_ref::<String>().map(String::as_str);
        let why = why.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
        panic!("{name}: {why}")
    })
}
