//! The program, from its command line to its exit code.

mod floor;
mod scenarios;
mod side_by_side;
mod tester;
mod verdicts;
