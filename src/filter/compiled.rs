//! The filters of one place as they are matched: what a text has in common for all of them is done once.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::hosts::{linked, named, parents};
use super::rule::{Matcher, Rule};
use super::words::{Index, Words};

/// How many steps of a pattern a byte of a text costs where words, links or domains are looked for.
const OTHER_STEPS: u64 = 4_096;

/// The filters of the server, or of one room.
pub(super) struct Compiled {
    rules: Vec<Arc<Rule>>,
    words: Index,
    domains: HashMap<Box<str>, Vec<usize>>,
    /// The places of rules for links, and of those with a pattern.
    links: Vec<usize>,
    patterns: Vec<usize>,
    pattern_bytes: usize,
}

impl Compiled {
    pub(super) fn new(rules: Vec<Arc<Rule>>) -> Self {
        let (mut words, mut domains) = (Index::default(), HashMap::<Box<str>, Vec<usize>>::new());
        let (mut links, mut patterns, mut pattern_bytes) = (Vec::new(), Vec::new(), 0);
        for (at, rule) in rules.iter().enumerate() {
            match &rule.matcher {
                Matcher::Words(phrases) => phrases.iter().for_each(|it| words.add(it, at)),
                Matcher::Domains(all) => {
                    all.iter().for_each(|it| domains.entry(it.into()).or_default().push(at));
                }
                Matcher::Links(_) => links.push(at),
                Matcher::Pattern(pattern) => {
                    patterns.push(at);
                    pattern_bytes += pattern.bytes;
                }
                Matcher::Nothing => {}
            }
        }
        Self { rules, words, domains, links, patterns, pattern_bytes }
    }

    /// Whether it consists of just these rules.
    pub(super) fn is_of(&self, rules: &[Arc<Rule>]) -> bool {
        let numbers =
            |rules: &[Arc<Rule>]| rules.iter().map(|rule| rule.stored.number).collect::<Vec<_>>();
        numbers(&self.rules) == numbers(rules)
    }

    /// What a text of so many bytes costs at most.
    pub(super) fn steps(&self, bytes: usize) -> u64 {
        (self.pattern_bytes as u64 + OTHER_STEPS) * bytes as u64
    }

    /// The rules that find something in a text.
    pub(super) fn caught(&self, text: &str) -> Vec<Arc<Rule>> {
        let mut caught = vec![false; self.rules.len()];
        if !self.words.is_empty() {
            self.words.find(&Words::of(text), |at| caught[at] = true);
        }
        if !self.domains.is_empty() {
            self.find_domains(text, &mut caught);
        }
        if !self.links.is_empty() {
            self.find_links(text, &mut caught);
        }
        for at in &self.patterns {
            if let Matcher::Pattern(pattern) = &self.rules[*at].matcher {
                caught[*at] = pattern.regex.is_match(text);
            }
        }
        let found = self.rules.iter().zip(caught).filter(|(_, is_caught)| *is_caught);
        found.map(|(rule, _)| Arc::clone(rule)).collect()
    }

    fn find_domains(&self, text: &str, caught: &mut [bool]) {
        named(text, |host| {
            for rule in parents(host).filter_map(|domain| self.domains.get(domain)).flatten() {
                caught[*rule] = true;
            }
        });
    }

    fn find_links(&self, text: &str, caught: &mut [bool]) {
        let mut seen = HashSet::new();
        linked(text, |host| {
            if !seen.insert(host.to_owned()) {
                return;
            }
            for at in &self.links {
                if let Matcher::Links(allowed) = &self.rules[*at].matcher
                    && !caught[*at]
                {
                    caught[*at] = !allowed.has(host);
                }
            }
        });
    }
}
