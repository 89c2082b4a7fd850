/** A stack as /proc/PID/stack prints it, the innermost function first. */
export const stackOf = (...frames: readonly string[]): string => frames.map((frame) => `[<0>] ${frame}\n`).join("");

const entry = ["do_syscall_64+0x5d/0xb0", "entry_SYSCALL_64_after_hwframe+0x6e/0xd8"];

/** In getrandom(2), before and after the kernel gathers for it. */
export const asleep = stackOf("wait_for_random_bytes.part.0+0x98/0x1c0", "__x64_sys_getrandom+0xcc/0x100", ...entry);
export const spinning = stackOf(
  "try_to_generate_entropy+0xe2/0x127",
  "wait_for_random_bytes.cold+0x5/0xb9",
  "__x64_sys_getrandom+0xcc/0x100",
  ...entry,
);
/** In a read of /dev/random. */
export const reading = stackOf(
  "wait_for_random_bytes.part.0+0x98/0x1c0",
  "random_read+0x30/0x40",
  "vfs_read+0xb5/0x1b0",
  ...entry,
);
/** At the door of a FIPS kernel's DRBG. */
export const inDrbg = stackOf("crypto_devrandom_read+0x5c/0x1d0", "__x64_sys_getrandom+0x9a/0x120", ...entry);
export const polling = stackOf("do_sys_poll+0x535/0x600", "__x64_sys_poll+0x4a/0x140", ...entry);
/** A shell that waits for its child. */
export const idle = stackOf("do_wait+0x53/0x120", "kernel_wait4+0xe3/0x190", "__do_sys_wait4+0xb8/0xf0", ...entry);
