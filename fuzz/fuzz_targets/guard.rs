//! See `throng_fuzz::guard`.
#![cfg_attr(fuzzing, no_main)]

throng_fuzz::target!(throng_fuzz::guard::check);
