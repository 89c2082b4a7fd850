/** A file of which a process has code mapped. */
export interface MappedFile {
  readonly path: string;
  /** It was removed or replaced since, as an upgrade does. */
  readonly deleted: boolean;
}

/** More different files than any process of a sane host maps; a JVM has about 30, a desktop's browser 200. */
const mostFiles = 1024;

/** show_map_vma() of fs/proc/task_mmu.c: only of mappings with code, whatever else is shared. */
const codeOfFile = /^[0-9a-f]{1,16}-[0-9a-f]{1,16} [r-][w-]x[sp] [0-9a-f]{1,16} [0-9a-f]{2,}:[0-9a-f]{2,} \d{1,20} +(\/[^\n]*)$/gm;
const removed = " (deleted)";

/** The files of which /proc/PID/maps (proc_pid_maps(5)) shows code, each once, by address. Names hold blanks as they are. */
export function parseMappedFiles(maps: string): readonly MappedFile[] {
  const files = new Map<string, MappedFile>();
  for (const [, name = ""] of maps.matchAll(codeOfFile)) {
    if (files.has(name)) continue;
    if (files.size >= mostFiles) break;
    const deleted = name.endsWith(removed);
    // Of all bytes only the end of a line is escaped (seq_path() with "\n").
    files.set(name, { path: (deleted ? name.slice(0, -removed.length) : name).replaceAll("\\012", "\n"), deleted });
  }
  return [...files.values()];
}
