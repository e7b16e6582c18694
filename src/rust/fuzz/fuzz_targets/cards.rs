#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| amocrm_fuzz::cards::check(input));
