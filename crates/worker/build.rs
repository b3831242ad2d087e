//! Tells the worker where libtorch is at run time: tch's own rpath does not reach its users.

fn main() {
    println!("cargo:rerun-if-changed=crates/worker/build.rs");
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    if std::env::var_os("CARGO_FEATURE_TORCH").is_some()
        && let Ok(libtorch) = std::env::var("LIBTORCH")
    {
        // Beside target/release first, so that a checkout can be moved; then where it was built.
        let beside = "$ORIGIN/../../third_party/libtorch/lib";
        for place in [beside, &format!("{libtorch}/lib")] {
            println!("cargo:rustc-link-arg-bin=taskonomy-worker=-Wl,-rpath,{place}");
        }
        let file = format!("{libtorch}/build-version");
        println!("cargo:rerun-if-changed={file}");
        if let Ok(version) = std::fs::read_to_string(file) {
            println!("cargo:rustc-env=TASKONOMY_LIBTORCH={}", version.trim());
        }
    }
}
