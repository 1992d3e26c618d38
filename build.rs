//! Takes nothing, gives the linker one option; never generates code.
//! The program holds some 30,000 addresses that the loader fills in at the start. Written out they are 0.7 MB that
//! are read once and then stay in the memory of a playing process; packed (DT_RELR, glibc 2.36) they are a few kB.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let linux = std::env::var("CARGO_CFG_TARGET_OS").is_ok_and(|system| system == "linux");
    let glibc = std::env::var("CARGO_CFG_TARGET_ENV").is_ok_and(|library| library == "gnu");
    if linux && glibc {
        println!("cargo::rustc-link-arg-bins=-Wl,-z,pack-relative-relocs");
    }
}
