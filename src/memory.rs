//! Takes nothing; gives memory that was freed back to the system: a player runs for hours after a moment of looking
//! for its files.
//! Never frees anything itself.

/// Gives back what the allocator keeps for later. Takes some milliseconds where there is much.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
#[allow(unsafe_code)]
pub fn give_back() {
    unsafe extern "C" {
        /// Of the GNU C library that every such program has: malloc_trim(3).
        fn malloc_trim(pad: usize) -> std::ffi::c_int;
    }
    // SAFETY: it takes no pointer, and may be called at any time from any thread.
    unsafe { malloc_trim(0) };
}

/// Gives back the pages of the program's own code: what runs on comes again from the disk's cache, piece by piece, and
/// what was only run once does not.
#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
pub fn give_back_code() {
    unsafe extern "C" {
        /// madvise(2).
        fn madvise(address: *mut std::ffi::c_void, length: usize, advice: std::ffi::c_int)
        -> std::ffi::c_int;
    }
    const DONT_NEED: std::ffi::c_int = 4;
    let (Ok(program), Ok(maps)) = (std::env::current_exe(), std::fs::read_to_string("/proc/self/maps"))
    else {
        return;
    };
    for (start, end) in maps.lines().filter_map(|line| code_of(line, &program)) {
        // SAFETY: it is code, mapped from a file that no running program's code can be written into, and was never
        // written to in memory, since it may not be: the same bytes come back, also to a thread that runs them now.
        unsafe { madvise(std::ptr::with_exposed_provenance_mut(start), end - start, DONT_NEED) };
    }
}

/// Other systems keep what they keep.
#[cfg(not(target_os = "linux"))]
pub fn give_back_code() {}

/// Where code of the program lies, if a line of the list of mappings is of that.
#[cfg(target_os = "linux")]
fn code_of(line: &str, program: &std::path::Path) -> Option<(usize, usize)> {
    let mut words = line.split_ascii_whitespace();
    let (start, end) = words.next()?.split_once('-')?;
    let is_code = words.next()? == "r-xp" && line.ends_with(program.to_str()?);
    let number = |word| usize::from_str_radix(word, 16).ok();
    number(start).zip(number(end)).filter(|(start, end)| is_code && start < end)
}

/// Other allocators give back by themselves, or not at all.
#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
pub fn give_back() {}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn code_that_was_given_back_runs_on() {
        super::give_back_code();
        let line = "55d0-55f0 r-xp 0000 fe:00 1 /usr/bin/tonearm";
        let of = |line, path: &str| super::code_of(line, std::path::Path::new(path));
        assert_eq!(of(line, "/usr/bin/tonearm"), Some((0x55d0, 0x55f0)));
        assert_eq!(of(line, "/usr/bin/other"), None);
        assert_eq!(of("55d0-55f0 rw-p 0000 fe:00 1 /usr/bin/tonearm", "/usr/bin/tonearm"), None);
        assert_eq!(of("", "/usr/bin/tonearm"), None);
    }

    #[test]
    fn what_is_in_use_stays() {
        let kept: Vec<Vec<u8>> = (0..1000).map(|n| vec![n as u8; 1000]).collect();
        drop(kept.iter().map(Clone::clone).collect::<Vec<_>>());
        super::give_back();
        assert!(kept.iter().enumerate().all(|(n, bytes)| bytes.iter().all(|byte| *byte == n as u8)));
    }
}
