/** A file of which a process has code mapped. */
export interface MappedFile {
  readonly path: string;
  /** It was removed or replaced since, as an upgrade does. */
  readonly deleted: boolean;
}

/** More different files than any process of a sane host maps; a JVM has about 30, a desktop's browser 200. */
const mostFiles = 1024;

const removed = " (deleted)";

/**
 * The files of which /proc/PID/maps (proc_pid_maps(5)) shows code, each once, by address. Names hold blanks as they
 * are; the first " /" of a line is where its file's begins, unless it names memory without a file, in brackets. Found
 * by searching alone: the daemon's Node has no compiler for regular expressions, and who waits for the CRNG waits in
 * hundreds.
 */
export function parseMappedFiles(maps: string): readonly MappedFile[] {
  const files = new Map<string, MappedFile>();
  let end = 0;
  for (let at = maps.indexOf(" /"); at >= 0 && files.size < mostFiles; at = maps.indexOf(" /", end)) {
    const start = maps.lastIndexOf("\n", at) + 1;
    const newline = maps.indexOf("\n", at);
    end = newline < 0 ? maps.length : newline;
    // ADDRESS-ADDRESS rwxp OFFSET DEVICE INODE, show_map_vma() of fs/proc/task_mmu.c
    const mode = maps.indexOf(" ", start) + 1;
    if (maps[mode + 2] !== "x" || maps.slice(mode, at).includes("[")) continue;
    const name = maps.slice(at + 1, end);
    if (files.has(name)) continue;
    const deleted = name.endsWith(removed);
    // Of all bytes only the end of a line is escaped (seq_path() with "\n").
    files.set(name, { path: (deleted ? name.slice(0, -removed.length) : name).replaceAll("\\012", "\n"), deleted });
  }
  return [...files.values()];
}
