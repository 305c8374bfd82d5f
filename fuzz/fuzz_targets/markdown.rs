//! See `throng_fuzz::markdown`.
#![cfg_attr(fuzzing, no_main)]

throng_fuzz::target!(throng_fuzz::markdown::check);
