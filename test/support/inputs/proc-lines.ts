/** /proc/PID/syscall of a task in a call, whose other arguments are 0: proc_pid_syscall() of fs/proc/base.c. */
export function callLine(number: number, ...given: readonly number[]): string {
  const words = Array.from({ length: 6 }, (_, index) => `0x${(given[index] ?? 0).toString(16)}`);
  return `${number} ${words.join(" ")} 0x7ffd3f0a2b58 0x7f1c2d8e1a9f\n`;
}

/** /proc/PID/maps of a task with the code of these files. */
export function codeMappings(...paths: readonly string[]): string {
  return paths
    .map((path) => `7f3b1c000000-7f3b1c028000 r-xp 00000000 fe:00 2411                       ${path}\n`)
    .join("");
}
