//! See `throng_fuzz::frames`.
#![cfg_attr(fuzzing, no_main)]

throng_fuzz::target!(throng_fuzz::frames::check);
