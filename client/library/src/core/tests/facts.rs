//! Single facts about the core.
