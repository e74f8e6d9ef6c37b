//! What an instance of a worker remembers from request to request, each thing by a text.

use std::collections::HashMap;

/// Up to so many things; when it is full, it begins anew. There is one kind of map below all of these: each kind of its own has a
/// further kilobyte of code.
#[derive(Debug)]
pub(crate) struct Remembered<T> {
    places: HashMap<String, usize>,
    things: Vec<T>,
    most: usize,
}

impl<T> Remembered<T> {
    pub fn of_at_most(most: usize) -> Self {
        Self { places: HashMap::new(), things: Vec::new(), most }
    }

    pub fn get(&self, name: &str) -> Option<&T> {
        self.things.get(*self.places.get(name)?)
    }

    /// Keeps a thing in place of what had its name; whether nothing had.
    pub fn keep(&mut self, name: &str, thing: T) -> bool {
        let place = self.places.get(name).copied();
        if let Some(kept) = place.and_then(|place| self.things.get_mut(place)) {
            *kept = thing;
            return false;
        }
        if self.things.len() >= self.most {
            self.forget();
        }
        self.places.insert(name.to_string(), self.things.len());
        self.things.push(thing);
        true
    }

    pub fn forget(&mut self) {
        self.places.clear();
        self.things.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_found_by_its_name_until_another_takes_its_place() {
        let mut remembered = Remembered::of_at_most(10);
        assert!(remembered.keep("a", 1) && remembered.keep("b", 2));
        assert!(!remembered.keep("a", 3));
        assert_eq!(["a", "b", "c"].map(|name| remembered.get(name).copied()), [Some(3), Some(2), None]);
    }

    #[test]
    fn one_that_is_full_begins_anew() {
        let mut remembered = Remembered::of_at_most(2);
        for name in ["a", "b", "c"] {
            remembered.keep(name, ());
        }
        assert_eq!(["a", "b", "c"].map(|name| remembered.get(name)), [None, None, Some(&())]);
    }
}
