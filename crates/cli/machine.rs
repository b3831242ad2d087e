//! What this machine is and what this process took of it.

/// Whether the CPU multiplies bf16 matrices in hardware (only then bf16 is faster than f32).
pub fn has_amx() -> bool {
    std::fs::read_to_string("/proc/cpuinfo").is_ok_and(|text| text.contains("amx_bf16"))
}

/// Number of cores that this process may use.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Largest resident memory of this process so far in bytes, where the system tells.
pub fn peak_memory() -> Option<u64> {
    kib("/proc/self/status", "VmHWM:").map(|kib| kib * 1024)
}

/// Memory that programs can still take in bytes, where the system tells.
pub fn available_memory() -> Option<u64> {
    kib("/proc/meminfo", "MemAvailable:").map(|kib| kib * 1024)
}

fn kib(file: &str, key: &str) -> Option<u64> {
    let text = std::fs::read_to_string(file).ok()?;
    let line = text.lines().find(|line| line.starts_with(key))?;
    line.split_whitespace().nth(1)?.parse().ok()
}
