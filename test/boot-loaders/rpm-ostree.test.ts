import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { rpmOstree } from "../../src/boot-loaders/rpm-ostree.ts";
import { hostFolder } from "../support/host/host-folder.ts";
import { actingHost, arm, disarm, putProgram } from "./acting-host.ts";

const probes =
  "p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes;p:crngwatch/gen,try_to_generate_entropy;r512:crngwatch/gend,try_to_generate_entropy;p:crngwatch/drbg,crypto_devrandom_read_iter;r512:crngwatch/drbgd,crypto_devrandom_read_iter;r:crngwatch/credit,_credit_init_bits";
const exec = "sched:sched_process_exec";

/**
 * Stands in for rpm-ostree: `kargs` alone prints the arguments of the deployment that boots next; each `--append=`,
 * `--delete=NAME=VALUE` and `--replace=NAME=OLD=NEW` is noted, as rpm-ostree(1) has them.
 */
function hostWith(kargs: string): string {
  const top = hostFolder({ "run/ostree-booted": "", kargs: `${kargs}\n` });
  putProgram(
    top,
    "usr/bin/rpm-ostree",
    `[ "$1" = kargs ] || exit 64; shift; if [ $# = 0 ]; then cat ${top}/kargs; else printf '%s\\n' "$@" >${top}/calls; fi`,
  );
  return top;
}

const callOf = (top: string): readonly string[] | null =>
  existsSync(join(top, "calls")) ? readFileSync(join(top, "calls"), "utf8").trimEnd().split("\n") : null;

describe("the back end for rpm-ostree", () => {
  it.each<[what: string, before: string, armed: readonly string[], after: string, disarmed: readonly string[]]>([
    [
      "appends and deletes",
      "root=UUID=1 rw quiet ostree=/x",
      [`--append=kprobe_event="${probes}"`, `--append=trace_event=${exec}`],
      `root=UUID=1 rw quiet ostree=/x kprobe_event="${probes}" trace_event=${exec}`,
      [`--delete=kprobe_event="${probes}"`, `--delete=trace_event=${exec}`],
    ],
    [
      "replaces a stranger's, which stays where it is",
      "rw trace_event=x:y quiet",
      [`--replace=trace_event=x:y=${exec},x:y`, `--append=kprobe_event="${probes}"`],
      `rw trace_event=${exec},x:y quiet kprobe_event="${probes}"`,
      [`--replace=trace_event=${exec},x:y=x:y`, `--delete=kprobe_event="${probes}"`],
    ],
    [
      "gives a stranger's with '=' in its value anew",
      "kprobe_event=p:f,a=b rw",
      [`--delete=kprobe_event=p:f,a=b`, `--append=trace_event=${exec}`, `--append=kprobe_event="${probes};"p:f,a=b`],
      `rw trace_event=${exec} kprobe_event="${probes};"p:f,a=b`,
      [`--delete=trace_event=${exec}`, `--delete=kprobe_event="${probes};"p:f,a=b`, "--append=kprobe_event=p:f,a=b"],
    ],
  ])("%s", async (_what, before, armed, after, disarmed) => {
    const top = hostWith(before);
    expect(await rpmOstree.nextBoot(actingHost(top))).toEqual({ armed: null, problem: null });
    await arm(rpmOstree, actingHost(top));
    expect(callOf(top)?.toSorted()).toEqual(armed.toSorted());
    writeFileSync(join(top, "kargs"), `${after}\n`);
    expect(await rpmOstree.nextBoot(actingHost(top))).toEqual({ armed: "kprobes", problem: null });
    expect(await arm(rpmOstree, actingHost(top))).toEqual([]);
    await disarm(rpmOstree, actingHost(top));
    expect(callOf(top)?.toSorted()).toEqual(disarmed.toSorted());
  });

  it("says what rpm-ostree complained about", async () => {
    const top = hostWith("rw");
    putProgram(
      top,
      "usr/bin/rpm-ostree",
      `[ $# = 1 ] && exec cat ${top}/kargs; echo 'error: Transaction in progress' >&2; exit 1`,
    );
    await expect(arm(rpmOstree, actingHost(top))).rejects.toThrow(
      /^Cannot run '.*': error: Transaction in progress; nothing is changed$/,
    );
  });
});
