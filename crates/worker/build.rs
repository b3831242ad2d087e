//! Tells the worker where libtorch is at run time: tch's own rpath does not reach its users.

fn main() {
    println!("cargo:rerun-if-changed=crates/worker/build.rs");
    println!("cargo:rerun-if-env-changed=LIBTORCH");
    if std::env::var_os("CARGO_FEATURE_TORCH").is_some()
        && let Ok(libtorch) = std::env::var("LIBTORCH")
    {
        println!("cargo:rustc-link-arg-bin=taskonomy-worker=-Wl,-rpath,{libtorch}/lib");
        let file = format!("{libtorch}/build-version");
        println!("cargo:rerun-if-changed={file}");
        if let Ok(version) = std::fs::read_to_string(file) {
            println!("cargo:rustc-env=TASKONOMY_LIBTORCH={}", version.trim());
        }
    }
}
