import { withoutTrailing } from "../../core/base/without-trailing.ts";
import type { TaskFacts } from "../../core/wait.ts";
import { type FipsEnvironment, parseFipsEnvironment } from "../../parse/program/fips-environment.ts";
import { languageOfElf } from "../../parse/program/elf-language.ts";
import { type ControlGroup, parseControlGroup } from "../../parse/proc/proc-cgroup.ts";
import { parseMappedFiles } from "../../parse/proc/proc-maps.ts";
import { parseProcessStat, type ProcessStat, ticksPerSecond } from "../../parse/proc/proc-stat.ts";
import { parseTaskStatus } from "../../parse/proc/proc-status.ts";
import { type FipsSwitches, likeliestFirst, processFips } from "../../parse/program/process-fips.ts";
import { randomLibraries, runtimeOf } from "../../parse/program/random-libraries.ts";
import { kernelBootSeconds } from "../../platform/clock/time-namespace.ts";
import { fs, join } from "../../platform/builtins.ts";
import { withFileParts } from "../../platform/file-parts.ts";
import { attempt, readBytes, textOrEmpty } from "../../platform/pseudo-file.ts";
import { readTaskFile } from "../../platform/process-memory.ts";
import { fipsSwitches, fipsSwitchesInContainer } from "./fips-switches.ts";
import { SharedLibraries } from "./shared-libraries.ts";
import type { Host } from "../source.ts";

/** What links a program to randomness. */
export type ProgramFacts = Pick<TaskFacts, "libraries" | "librariesSource" | "runtime" | "fips" | "fipsWhy">;

/** What is known of a living task. What may not be read is null. */
export interface LivingTask extends TaskFacts {
  readonly pid: number;
  readonly tid: number;
  /** The thread's own name, which may differ from its process'. */
  readonly comm: string;
  /** A kernel thread has neither program nor user space. */
  readonly kernelThread: boolean;
  /** When the process started, in clock ticks: what `startedAt` is in seconds. */
  readonly startTicks: number;
  readonly startedAt: number;
  /** Within a user's service manager, that one's unit. */
  readonly userUnit: string | null;
  /** FIPS mode as far as one of its libraries goes, by its soname; null: as far as its own code goes. */
  readonly fipsOf: (library: string | null) => Pick<TaskFacts, "fips" | "fipsWhy">;
}

/**
 * Which task is meant. `startTicks`: when its process started, as it was read before; another start means that the
 * number is in use again.
 */
export interface TaskId {
  readonly pid?: number;
  readonly tid?: number;
  readonly startTicks?: number;
}

/** What is read of each file at most; /proc/PID/environ has up to 2 MiB, the maps of a JVM 300 KiB. */
const bounds = {
  stat: 4096,
  status: 8192,
  commandLine: 4096,
  cgroup: 16384,
  environ: 1 << 18,
  maps: 1 << 20,
  comm: 64,
} as const;

/**
 * Describes a living task. Null: it is gone, or its number is another task's by now, so that what was read may be that
 * one's. A caller that describes many at once reads the switches once.
 */
export function describeTask(
  { roots }: Pick<Host, "roots">,
  task: TaskId,
  switches: FipsSwitches = fipsSwitches(roots),
): LivingTask | null {
  const tid = task.tid ?? task.pid;
  if (tid === undefined) return null;
  // A leader that has ended, while other threads live, has no memory any more: what is read is the thread's.
  const folder = join(roots.proc, String(tid));
  const status = parseTaskStatus(text(join(folder, "status"), bounds.status));
  const own = statOf(folder);
  const pid = status?.processId ?? task.pid ?? tid;
  const leader = join(roots.proc, String(pid));
  const stat = pid === tid ? own : statOf(leader);
  if (own === null || stat === null || (task.pid !== undefined && task.pid !== pid)) return null;
  if (task.startTicks !== undefined && task.startTicks !== stat.startTicks) return null;
  const group = parseControlGroup(text(join(folder, "cgroup"), bounds.cgroup));
  const facts: LivingTask = {
    pid,
    tid,
    comm: own.comm,
    kernelThread: own.kernelThread,
    ...(own.kernelThread ? withoutProgram : programOfTask(folder, group, switches)),
    startTicks: stat.startTicks,
    startedAt: kernelBootSeconds(roots, stat.startTicks / ticksPerSecond),
    parent:
      stat.parent === 0
        ? null
        : {
            pid: stat.parent,
            comm: text(join(roots.proc, String(stat.parent), "comm"), bounds.comm).replace(/\n$/, "") || null,
          },
    ...group,
    unitSource: group.unit === null ? null : "cgroup",
    namespacePid: insideOf(status?.namespaceIds ?? [], pid === tid),
  };
  // All that was read in between is of this task only if the number is still its own, or no task's.
  const after = statOf(leader);
  return after !== null && after.startTicks !== stat.startTicks ? null : facts;
}

/** Describes a program by its file, for a task that is gone. Null: there is no such ELF file, or we may not read it. */
export function describeProgram(
  { roots }: Pick<Host, "roots">,
  exe: string,
  libraries: SharedLibraries = new SharedLibraries(roots),
  switches: FipsSwitches = fipsSwitches(roots),
): ProgramFacts | null {
  const files = libraries.filesOf(exe);
  if (files === null) return null;
  const paths = files.map(({ path }) => path);
  const facts = factsOf({
    exe,
    paths,
    environment: null,
    switches,
    language: () => languageAt(join(roots.top, paths[0] as string)),
  });
  return { ...facts, librariesSource: "elf" };
}

const withoutProgram = {
  exe: null,
  commandLine: null,
  libraries: [],
  librariesSource: null,
  runtime: null,
  fips: null,
  fipsWhy: null,
  fipsOf: () => ({ fips: null, fipsWhy: null }),
};

function programOfTask(
  folder: string,
  { container }: ControlGroup,
  host: FipsSwitches,
): ProgramFacts & Pick<LivingTask, "exe" | "commandLine" | "fipsOf"> {
  const commandLine = withoutTrailing(
    textOrEmpty(readTaskFile(join(folder, "cmdline"), bounds.commandLine)),
    "\0",
  ).replaceAll("\0", " ");
  const link = attempt(() => fs.readlinkSync(join(folder, "exe")));
  const exe = link.kind === "ok" ? link.value.replace(/ \(deleted\)$/, "") : null;
  const maps = readTaskFile(join(folder, "maps"), bounds.maps);
  const environ = readTaskFile(join(folder, "environ"), bounds.environ);
  const about = { exe, commandLine: commandLine === "" ? null : commandLine };
  // A task that is ending has given its memory back: its maps are empty, as if it had no libraries.
  if (maps.kind !== "ok" || maps.value.length === 0) return { ...withoutProgram, ...about };
  const paths = parseMappedFiles(maps.value.toString("utf8")).map(({ path }) => path);
  const environment: FipsEnvironment | null = environ.kind === "ok" ? parseFipsEnvironment(environ.value) : null;
  // A container's files may be on a file system that never answers, so its program is not opened either.
  const switches = container === null ? host : fipsSwitchesInContainer(host);
  const language = (): string | null => (container === null ? languageAt(join(folder, "exe")) : null);
  const fipsOf = (library: string | null): Pick<TaskFacts, "fips" | "fipsWhy"> => {
    const { fips, why } = processFips(
      randomLibraries(paths).filter(({ soname }) => soname === library),
      environment,
      switches,
    );
    return { fips, fipsWhy: why };
  };
  return { ...about, ...factsOf({ exe, paths, environment, switches, language }), fipsOf, librariesSource: "maps" };
}

interface Program {
  readonly exe: string | null;
  readonly paths: readonly string[];
  readonly environment: FipsEnvironment | null;
  readonly switches: FipsSwitches;
  readonly language: () => string | null;
}

function factsOf({ exe, paths, environment, switches, language }: Program): Omit<ProgramFacts, "librariesSource"> {
  const found = randomLibraries(paths);
  const mode = processFips(found, environment, switches);
  // The program's own code is read only where no library explains the call.
  const isAlone = found.every(({ family }) => family === "libc");
  const known = runtimeOf(exe, paths, null);
  const runtime = isAlone && (known === null || known === "glibc" || known === "musl") ? (language() ?? known) : known;
  return {
    libraries: likeliestFirst(found, mode).map(({ soname }) => soname),
    runtime,
    fips: mode.fips,
    fipsWhy: mode.why,
  };
}

function languageAt(path: string): string | null {
  const read = withFileParts(path, languageOfElf);
  return read.kind === "ok" ? read.value : null;
}

/**
 * The last number is that in the innermost namespace; one number only means that it is ours. A thread's are not its
 * process'.
 */
function insideOf(ids: readonly number[], isLeader: boolean): number | null {
  return isLeader && ids.length > 1 ? (ids.at(-1) ?? null) : null;
}

function statOf(folder: string): ProcessStat | null {
  return parseProcessStat(text(join(folder, "stat"), bounds.stat));
}

/** Empty where it cannot be read, for whatever reason: only a field is left out. */
function text(path: string, mostBytes: number): string {
  return textOrEmpty(readBytes(path, mostBytes));
}
