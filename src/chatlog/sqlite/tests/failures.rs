//! Full disks and other people's locks.
