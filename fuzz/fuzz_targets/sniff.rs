//! Takes any bytes; reads them in the format that their content is in. Never returns but when nothing is wrong.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tonearm_fuzz::read_any(bytes));
