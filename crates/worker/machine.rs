//! The process and the machine that it runs on: memory, signals, device, versions.

use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use taskonomy_run::{Hello, PROTOCOL};
use tch::Device;

/// Keeps freed memory instead of giving it back to the system: big tensors come and go in every
/// step, and without this a fifth of the time is spent on page faults. First of all in `main`.
#[allow(
    unsafe_code,
    reason = "mallopt has no safe wrapper; it takes two integers by value, touches no memory of \
              ours, and no other thread exists yet that could allocate meanwhile"
)]
pub(crate) fn keep_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    // SAFETY: see the reason above.
    unsafe {
        if libc::mallopt(libc::M_MMAP_THRESHOLD, 1 << 30) == 0 {
            // The most that older versions of glibc take. Left alone, the calls below would fix it at
            // its lowest.
            libc::mallopt(libc::M_MMAP_THRESHOLD, 32 << 20);
        }
        libc::mallopt(libc::M_TRIM_THRESHOLD, i32::MAX);
        libc::mallopt(libc::M_TOP_PAD, 64 << 20);
    }
}

/// A file-size limit becomes an I/O error like a full disk, and Ctrl-C, which reaches the whole
/// process group, is left to the driver: it closes stdin. Handled rather than ignored signals, so
/// that a write is interrupted with an error instead of killing the process.
pub(crate) fn tame_signals() -> io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGXFSZ};
    for signal in [SIGXFSZ, SIGINT] {
        signal_hook::flag::register(signal, Arc::new(AtomicBool::new(false)))?;
    }
    Ok(())
}

/// SIGTERM ends a job as the end of stdin does, with its state kept; while the worker is idle, it
/// ends the worker at once.
pub(crate) fn heed_termination(stop: &Arc<AtomicBool>, idle: &Arc<AtomicBool>) -> io::Result<()> {
    use signal_hook::consts::SIGTERM;
    signal_hook::flag::register_conditional_default(SIGTERM, Arc::clone(idle))?;
    signal_hook::flag::register(SIGTERM, Arc::clone(stop))?;
    Ok(())
}

/// The first line that the driver reads.
pub(crate) fn hello() -> Hello {
    Hello {
        protocol: PROTOCOL,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        libtorch: libtorch().to_owned(),
        cpu: cpu(),
        pid: std::process::id(),
    }
}

/// The libtorch that the worker was built for.
pub(crate) fn libtorch() -> &'static str {
    option_env!("TASKONOMY_LIBTORCH").unwrap_or("unknown")
}

/// CPU features on which libtorch's choice of kernels, and so the last bits of results, depend.
pub(crate) fn cpu() -> Vec<String> {
    #[cfg(target_arch = "x86_64")]
    let known = [
        // Rust cannot detect AMX on stable; the kernel lists it.
        ("amx_bf16", kernel_lists("amx_bf16")),
        ("avx512f", std::arch::is_x86_feature_detected!("avx512f")),
        ("avx2", std::arch::is_x86_feature_detected!("avx2")),
    ];
    #[cfg(not(target_arch = "x86_64"))]
    let known = [(std::env::consts::ARCH, true)];
    known.iter().filter(|(_, present)| *present).map(|(name, _)| (*name).to_owned()).collect()
}

#[cfg(target_arch = "x86_64")]
fn kernel_lists(feature: &str) -> bool {
    let text = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let flags = text.lines().find(|line| line.starts_with("flags"));
    flags.is_some_and(|line| line.split_whitespace().any(|flag| flag == feature))
}

/// `cpu` or `cuda:N`, if it is there.
pub(crate) fn parse_device(text: &str) -> Result<Device, String> {
    if text == "cpu" {
        return Ok(Device::Cpu);
    }
    let number = text.strip_prefix("cuda:").and_then(|n| n.parse::<usize>().ok());
    let number = number.ok_or_else(|| format!("`{text}` is no device: write `cpu` or `cuda:0`"))?;
    let found = tch::Cuda::device_count() as usize;
    if !tch::Cuda::is_available() || number >= found {
        return Err(format!("there is no `{text}`: this libtorch finds {found} CUDA devices"));
    }
    Ok(Device::Cuda(number))
}
