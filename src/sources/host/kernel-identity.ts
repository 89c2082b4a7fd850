import { join } from "../../platform/builtins.ts";
import { parseBuildId } from "../../parse/program/elf-notes.ts";
import { exists, readBytes, readText, textOrNull } from "../../platform/pseudo-file.ts";
import { type Host, ok, type Source, unable } from "../source.ts";

/** Which kernel and which boot this is. */
export const kernelIdentity: Source = {
  name: "kernel-identity",
  reads: "/proc/sys/kernel/{osrelease,version}, /proc/cmdline, /sys/kernel/notes, the boot ID",
  needs: "nothing",
  without: "which boot a report is about",
  schedule: "unready",
  observe(host) {
    const { roots } = host;
    const path = join(roots.proc, "sys/kernel/osrelease");
    const release = readText(path);
    if (release.kind === "absent") return unable("absent", `'${roots.proc}' is not mounted, or this is not Linux`);
    if (release.kind !== "ok") return unable(release.kind, `Cannot read '${path}'`);
    const notes = readBytes(join(roots.sys, "kernel/notes"));
    return ok({
      kind: "kernel",
      release: release.value,
      version: textOrNull(join(roots.proc, "sys/kernel/version")),
      commandLine: textOrNull(join(roots.proc, "cmdline")),
      buildId: notes.kind === "ok" ? parseBuildId(notes.value) : null,
      bootId: bootIdIsDrawn(host) ? textOrNull(join(roots.proc, "sys/kernel/random/boot_id")) : null,
    });
  },
};

/**
 * The first read of boot_id draws it from the CRNG (proc_do_uuid() in random.c), and some kernels log that as an early
 * use. systemd reads it as it starts; without systemd it waits until the CRNG is ready, so that crngwatch
 * never causes that line.
 */
function bootIdIsDrawn({ roots, libc }: Host): boolean {
  return !roots.live || exists(join(roots.run, "systemd/system")) === true || libc?.getrandomNonblock() === null;
}
