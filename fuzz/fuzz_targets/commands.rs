//! See `throng_fuzz::commands`.
#![cfg_attr(fuzzing, no_main)]

throng_fuzz::target!(throng_fuzz::commands::check);
