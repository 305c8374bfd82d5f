//! See `throng_fuzz::session`.
#![cfg_attr(fuzzing, no_main)]

throng_fuzz::target!(throng_fuzz::session::check);
