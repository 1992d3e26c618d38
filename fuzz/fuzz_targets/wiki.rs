//! Takes any bytes; reads them as the source of a wiki. Never returns but when nothing is wrong.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| tonearm_fuzz::read_as(bytes, "wiki"));
