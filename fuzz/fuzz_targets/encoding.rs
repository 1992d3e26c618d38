//! Takes any bytes; finds their encoding and their text. Never returns but when nothing is wrong.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tonearm_fuzz::decode(bytes));
