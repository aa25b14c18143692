//! Names by their number: each is kept once in a process.
//!
//! Millions of runs name a network in three bytes where sixteen would be half again of what else they hold. Names are
//! never let go, so only what is short and comes back may be kept here. They are read without a lock.

use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock, PoisonError, RwLock};

type Shelf = Box<[OnceLock<Box<str>>]>;

/// Shelf `n` has room for 2ⁿ names: none ever moves.
static SHELVES: [OnceLock<Shelf>; 24] = [const { OnceLock::new() }; 24];
static NUMBERS: LazyLock<RwLock<HashMap<&'static str, usize>>> = LazyLock::new(RwLock::default);

/// The number of a name, a new one where it has none; `None` when the shelves are full.
pub(super) fn number(name: &str) -> Option<usize> {
    let known = NUMBERS.read().unwrap_or_else(PoisonError::into_inner).get(name).copied();
    if known.is_some() {
        return known;
    }
    let mut numbers = NUMBERS.write().unwrap_or_else(PoisonError::into_inner);
    if let Some(number) = numbers.get(name) {
        return Some(*number);
    }
    let number = numbers.len();
    let (shelf, place) = place(number);
    let shelf = SHELVES.get(shelf)?.get_or_init(|| std::iter::repeat_with(OnceLock::new).take(1 << shelf).collect());
    let kept: &'static str = shelf.get(place)?.get_or_init(|| name.into());
    numbers.insert(kept, number);
    Some(number)
}

/// `None` for a number that was never given.
pub(super) fn name(number: usize) -> Option<&'static str> {
    let (shelf, place) = place(number);
    SHELVES.get(shelf)?.get()?.get(place)?.get().map(|name| &**name)
}

fn place(number: usize) -> (usize, usize) {
    let shelf = (number + 1).ilog2() as usize;
    (shelf, number + 1 - (1 << shelf))
}
