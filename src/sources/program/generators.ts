import { reseedFacts } from "../../core/kernel-message.ts";
import type { GeneratorProcess } from "../../core/evidence.ts";
import { parseControlGroup } from "../../parse/proc/proc-cgroup.ts";
import { parseMappedFiles } from "../../parse/proc/proc-maps.ts";
import { parseProcessStat, ticksPerSecond } from "../../parse/proc/proc-stat.ts";
import { generatorsOf } from "../../parse/program/own-generators.ts";
import { languageOfElf } from "../../parse/program/elf-language.ts";
import { kernelBootSeconds } from "../../platform/clock/time-namespace.ts";
import { join } from "../../platform/builtins.ts";
import { withFileParts } from "../../platform/file-parts.ts";
import { readBytes, readLink, readNames, textOrEmpty } from "../../platform/pseudo-file.ts";
import { readTaskFile } from "../../platform/process-memory.ts";
import { type Host, ok, type Source, unable } from "../source.ts";

/** Which processes keep the state of their own generator over a clone or restore of the virtual machine. */
export const generators: Source = {
  name: "generators",
  reads:
    "/proc/PID/stat, /proc/PID/maps, /proc/PID/exe, /proc/PID/cgroup, after a clone or restore of the virtual machine",
  needs: "CAP_SYS_PTRACE for the processes of others",
  without: "which processes that started before a clone must be restarted",
  schedule: "on-request",
  when: ({ reseeds }) => reseeds.some(({ reason }) => reseedFacts[reason].cloned),
  observe(host) {
    const names = readNames(host.roots.proc);
    if (names.kind !== "ok") return unable(names.kind, `Cannot read '${host.roots.proc}'`);
    const pids = names.value.filter((name) => /^\d{1,10}$/.test(name)).slice(0, mostProcesses);
    const processes: GeneratorProcess[] = [];
    let unreadable = 0;
    for (const pid of pids) {
      const found = processAt(host, pid);
      if (found === "unreadable") unreadable++;
      else if (found !== null) processes.push(found);
    }
    return ok({ kind: "generators", processes, unreadable });
  },
};

/** The kernel's usual pid_max on 64 bits is 4 194 304; a host runs some hundred. */
const mostProcesses = 32_768;
const bounds = { stat: 4096, maps: 1 << 20, cgroup: 16_384 } as const;

/** Null: it is gone, or has no generator of its own. */
function processAt({ roots }: Host, pid: string): GeneratorProcess | "unreadable" | null {
  const folder = join(roots.proc, pid);
  const stat = parseProcessStat(textOrEmpty(readBytes(join(folder, "stat"), bounds.stat)));
  if (stat === null || stat.kernelThread) return null;
  const maps = readTaskFile(join(folder, "maps"), bounds.maps);
  if (maps.kind === "denied") return "unreadable";
  if (maps.kind !== "ok" || maps.value.length === 0) return null;
  const { container, unit } = parseControlGroup(textOrEmpty(readBytes(join(folder, "cgroup"), bounds.cgroup)));
  const link = readLink(join(folder, "exe"));
  const exe = link.kind === "ok" ? link.value.replace(/ \(deleted\)$/, "") : null;
  const paths = parseMappedFiles(maps.value.toString("utf8")).map(({ path }) => path);
  // A container's files may be on a file system that never answers, so its program is not opened.
  const language = (): string | null => {
    if (container !== null) return null;
    const read = withFileParts(join(folder, "exe"), languageOfElf);
    return read.kind === "ok" ? read.value : null;
  };
  const theirs = generatorsOf(exe, paths, language);
  if (theirs.length === 0) return null;
  const startedAt = kernelBootSeconds(roots, stat.startTicks / ticksPerSecond);
  return { pid: Number(pid), comm: stat.comm, unit, container, startedAt, generators: theirs };
}
