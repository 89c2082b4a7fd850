/** A part of a process's memory: the address of its first byte, and its length. */
export interface MemoryRange {
  readonly start: number;
  readonly bytes: number;
}

const header = /^([0-9a-f]{1,16})-([0-9a-f]{1,16}) r-[-x]p [0-9a-f]{1,16} [0-9a-f:]{1,16} \d{1,20} {1,99}(.{1,4096})$/;
const anonymous = /^Anonymous: {1,99}(\d{1,15}) kB$/;

/**
 * Where /proc/PID/smaps (proc_pid_smaps(5)) shows the file `name` mapped read-only with no page of it copied: what is
 * there can be read from the file again.
 */
export function cleanMappings(smaps: string, name: string): readonly MemoryRange[] {
  const found: MemoryRange[] = [];
  let current: MemoryRange | null = null;
  for (const line of smaps.split("\n")) {
    const [mapping, from = "", to = "", file] = header.exec(line) ?? [];
    if (mapping !== undefined) {
      const [start, end] = [Number.parseInt(from, 16), Number.parseInt(to, 16)];
      current = file === name ? { start, bytes: end - start } : null;
    } else if (/^[0-9a-f]+-/.test(line)) current = null;
    else if (current !== null && anonymous.exec(line)?.[1] === "0") {
      found.push(current);
      current = null;
    }
  }
  return found;
}
