//! See `throng_fuzz::tokens`.
#![cfg_attr(fuzzing, no_main)]

throng_fuzz::target!(throng_fuzz::tokens::check);
