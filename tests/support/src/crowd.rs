//! Many people at once, a thread each.

use std::thread::{Builder, Scope, ScopedJoinHandle};

/// A thread per person with a small stack, so that a thousand cost little.
const STACK_BYTES: usize = 512 * 1024;

/// Starts a person in a thread of their own, named so that a failure tells who it was.
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

/// Waits for a person, and fails with what made them fail.
pub fn ended<T>(handle: ScopedJoinHandle<'_, T>) -> T {
    let name = handle.thread().name().unwrap_or("somebody").to_owned();
    handle.join().unwrap_or_else(|panic| {
        let why = panic.downcast_ref::<String>().map(String::as_str);
        let why = why.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("a panic");
        panic!("{name}: {why}")
    })
}
