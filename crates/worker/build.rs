//! Tells the worker where libtorch is at run time: tch's own rpath does not reach its users.

use std::path::Path;

fn main() {
    println!("cargo:rerun-if-changed=crates/worker/build.rs");
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    if std::env::var_os("CARGO_FEATURE_TORCH").is_some()
        && let Ok(libtorch) = std::env::var("LIBTORCH")
    {
        let link = |arg: &str| println!("cargo:rustc-link-arg-bin=taskonomy-worker={arg}");
        // Beside target/release first, so that a checkout can be moved; then where it was built.
        let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_default();
        if let Ok(beside) = Path::new(&libtorch).strip_prefix(here) {
            link(&format!("-Wl,-rpath,$ORIGIN/../../{}/lib", beside.display()));
        }
        link(&format!("-Wl,-rpath,{libtorch}/lib"));
        // Nothing names a symbol of the CUDA half, so the linker would leave it out; and only what
        // is loaded is found as a device.
        let cuda = format!("{libtorch}/lib/libtorch_cuda.so");
        if Path::new(&cuda).exists() {
            ["-Wl,--no-as-needed", &cuda, "-Wl,--as-needed"].into_iter().for_each(link);
        }
        let file = format!("{libtorch}/build-version");
        println!("cargo:rerun-if-changed={file}");
        if let Ok(version) = std::fs::read_to_string(file) {
            println!("cargo:rustc-env=TASKONOMY_LIBTORCH={}", version.trim());
        }
    }
}
