//! Takes any text; gives text that is safe to print on a terminal.
