/** A file with code that a process has mapped. */
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
 * by searching alone: the daemon's Node has no compiler for regular expressions, and a waiter for the CRNG waits in
 * hundreds.
 */
export function parseMappedFiles(maps: string): readonly MappedFile[] {
  const files = new Map<string, MappedFile>();
  let end = 0;
  for (let at = maps.indexOf(" /"); at !== -1 && files.size < mostFiles; at = maps.indexOf(" /", end)) {
    const start = maps.lastIndexOf("\n", at) + 1;
    const newline = maps.indexOf("\n", at);
    end = newline === -1 ? maps.length : newline;
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

/** One line of /proc/PID/maps. */
export interface Mapping {
  readonly start: number;
  /** One past the last byte. */
  readonly end: number;
  readonly executable: boolean;
  /** Where in the file the first byte is. */
  readonly offset: number;
  /** The device of its file, "MAJOR:MINOR" in decimal as in mountinfo; "0:0": memory without a file. */
  readonly device: string;
  /** As the file is named there, "[vdso]" and the like too; null: memory without a name. */
  readonly name: string | null;
}

/** A JVM has a thousand, a desktop's browser three thousand. */
const mostMappings = 8192;

/** All mappings, by address (proc_pid_maps(5)). A line that is none is passed over. */
export function parseMappings(maps: string): readonly Mapping[] {
  const mappings: Mapping[] = [];
  for (let at = 0; at < maps.length && mappings.length < mostMappings;) {
    const newline = maps.indexOf("\n", at);
    const end = newline === -1 ? maps.length : newline;
    const mapping = mappingOf(maps.slice(at, end));
    if (mapping !== null) mappings.push(mapping);
    at = end + 1;
  }
  return mappings;
}

/** START-END rwxp OFFSET DEVICE INODE, blanks, NAME: show_map_vma() of fs/proc/task_mmu.c. */
function mappingOf(line: string): Mapping | null {
  const dash = line.indexOf("-");
  const mode = line.indexOf(" ");
  const place = line.indexOf(" ", mode + 1);
  const device = line.indexOf(" ", place + 1);
  const inode = line.indexOf(" ", device + 1);
  const start = Number.parseInt(line.slice(0, dash), 16);
  const end = Number.parseInt(line.slice(dash + 1, mode), 16);
  const offset = Number.parseInt(line.slice(place, device), 16);
  const numbers = line
    .slice(device, inode)
    .split(":")
    .map((number) => Number.parseInt(number, 16))
    .join(":");
  if (device === -1 || inode === -1) return null;
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || Number.isNaN(offset)) return null;
  const blank = line.indexOf(" ", inode + 1);
  const name = blank === -1 ? "" : line.slice(blank).trimStart();
  return { start, end, executable: line[mode + 3] === "x", offset, device: numbers, name: name === "" ? null : name };
}

/** The path in a mapping's name, and whether the file was removed since. Null: it is no file's. */
export function pathOfMapping(name: string | null): MappedFile | null {
  if (name === null || !name.startsWith("/")) return null;
  const deleted = name.endsWith(removed);
  return { path: (deleted ? name.slice(0, -removed.length) : name).replaceAll("\\012", "\n"), deleted };
}
