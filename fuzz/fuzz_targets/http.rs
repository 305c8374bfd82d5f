//! See `throng_fuzz::http`.
#![cfg_attr(fuzzing, no_main)]

throng_fuzz::target!(throng_fuzz::http::check);
