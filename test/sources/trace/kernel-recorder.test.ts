import { describe, expect, it } from "vitest";
import { recorderFindings } from "../../../src/diagnose/recorder-findings.ts";
import { recorderArguments } from "../../../src/parse/command-line/recorder-arguments.ts";
import { kernelRecorder, type KernelRecorder, recorderOf } from "../../../src/sources/trace/kernel-recorder.ts";
import { aFolder, denied, type Entry, hostOf, whyNothingIsDenied } from "../../support/host/host-folder.ts";

const armedLine = `ro ${recorderArguments("kprobes", '"').join(" ")}\n`;
const tracing = (files: Readonly<Record<string, Entry>>): Readonly<Record<string, Entry>> =>
  Object.fromEntries(Object.entries(files).map(([name, entry]) => [`sys/kernel/tracing/${name}`, entry]));
/** As 6.12 has them, booted with these arguments and a stranger's. */
const recording = tracing({
  tracing_on: "1\n",
  kprobe_events:
    "p:crngwatch/wait wait_for_random_bytes\nr10:crngwatch/waited wait_for_random_bytes\np:crngwatch/gen try_to_generate_entropy\nr10:crngwatch/gend try_to_generate_entropy\np:kprobes/mine do_sys_openat2\n",
  kprobe_profile:
    "  wait                                                       2               0\n  waited                                                     2               1\n  gen                                                        1               0\n  gend                                                       1               0\n  mine                                                      27               5\n",
  set_event:
    "kprobes:mine\ncrngwatch:gend\ncrngwatch:gen\ncrngwatch:waited\ncrngwatch:wait\nsched:sched_process_exec\n",
});

const here = (files: Readonly<Record<string, Entry>>): KernelRecorder =>
  kernelRecorder(hostOf({ "sys/kernel/osrelease": "", ...files }).roots);
const findingsOf = (files: Readonly<Record<string, Entry>>): readonly string[] => {
  const { armed, ...facts } = here(files);
  return recorderFindings({ armed: typeof armed === "string", ...facts }).map(({ id }) => id);
};

describe("the recorder in this boot", () => {
  it("is reported with what its probes saw", () => {
    expect(here({ "proc/cmdline": armedLine, ...recording })).toEqual({
      armed: "kprobes",
      tracefs: "ok",
      events: ["crngwatch:wait", "crngwatch:waited", "crngwatch:gen", "crngwatch:gend"],
      off: [],
      hits: 3,
      missed: 1,
      obstacles: [],
    });
    expect(
      here({
        "proc/cmdline": "trace_event=syscalls:sys_enter_getrandom",
        ...tracing({ tracing_on: "1", kprobe_events: "", set_event: "syscalls:sys_enter_getrandom\n" }),
      }),
    ).toMatchObject({ armed: "syscalls", events: ["syscalls:sys_enter_getrandom"], hits: null });
    expect(here({ "proc/cmdline": "ro kprobe_event=p:crngwatch/wait,wait_for_random_bytes" })).toMatchObject({
      armed: "kprobes",
    });
    expect(here({})).toMatchObject({ armed: undefined, tracefs: "absent", events: [] });
  });

  it("is looked for where tracefs was before it had a place of its own", () => {
    expect(
      here({
        "proc/cmdline": armedLine,
        "sys/kernel/debug/tracing/tracing_on": "1",
        "sys/kernel/debug/tracing/kprobe_events": "p:crngwatch/wait x\n",
        "sys/kernel/debug/tracing/set_event": "crngwatch:wait\n",
      }).events,
    ).toEqual(["crngwatch:wait"]);
  });

  it.each<[what: string, files: Readonly<Record<string, Entry>>, obstacle: RegExp]>([
    ["a lock", { "sys/kernel/security/lockdown": "none integrity [confidentiality]\n" }, /lockdown=confidentiality/],
    [
      "a kernel without probes",
      {
        "proc/sys/kernel/osrelease": "6.1\n",
        "boot/config-6.1": "CONFIG_FTRACE=y\nCONFIG_KPROBES=y\n# CONFIG_KPROBE_EVENTS is not set\n",
      },
      /^the kernel is built without CONFIG_KPROBE_EVENTS$/,
    ],
    [
      "a kernel without probes, whose tracefs has no events of them",
      {
        "proc/sys/kernel/osrelease": "6.1\n",
        "boot/config-6.1": "CONFIG_FTRACE=y\n# CONFIG_KPROBES is not set\nCONFIG_KPROBE_EVENTS=y\n",
        "sys/kernel/tracing/trace": "",
      },
      // And not that tracefs is missing.
      /CONFIG_KPROBES|tracefs|is not there/,
    ],
    [
      "a tracefs without events of probes, where no configuration shows why",
      { "sys/kernel/tracing/trace": "" },
      /kprobe_events' is not there: the kernel is built without CONFIG_KPROBE_EVENTS$/,
    ],
    [
      "a kernel without tracing",
      {
        "proc/sys/kernel/osrelease": "6.1\n",
        "usr/lib/modules/6.1/config": "CONFIG_KPROBES=y\nCONFIG_KPROBE_EVENTS=y\n",
      },
      /^the kernel is built without CONFIG_FTRACE$/,
    ],
    ["tracing that was stopped", tracing({ tracing_on: "0\n", kprobe_events: "" }), /tracing_on' is 0/],
    ["probes that were switched off", { ...recording, "sys/kernel/debug/kprobes/enabled": "0\n" }, /kprobes\/enabled/],
    ["no tracefs", { "sys/kernel/notes": "" }, /tracing' is not there: the kernel is built without tracing/],
    ["an empty mount point", { "sys/kernel/tracing": aFolder }, /^tracefs is not mounted on/],
  ])("is prevented by %s", (_what, files, obstacle) => {
    expect(here({ "proc/cmdline": armedLine, ...files }).obstacles.filter((each) => obstacle.test(each))).toHaveLength(
      1,
    );
  });

  it("is a finding where it is armed and silent", () => {
    expect(
      findingsOf({
        "proc/cmdline": armedLine,
        ...tracing({ tracing_on: "1", kprobe_events: "p:kprobes/mine do_sys_openat2\n", set_event: "" }),
      }),
    ).toEqual(["recorder-silent"]);
    expect(findingsOf({ "proc/cmdline": armedLine })).toEqual(["recorder-hidden"]);
    expect(findingsOf({ "proc/cmdline": armedLine, ...recording, ...tracing({ set_event: "" }) })).toEqual([
      "recorder-off",
    ]);
    expect(findingsOf({ "proc/cmdline": armedLine, ...recording, ...tracing({ tracing_on: "0" }) })).toEqual([
      "recorder-stopped",
    ]);
    expect(findingsOf({ "proc/cmdline": armedLine, ...recording })).toEqual(["recorder-missed"]);
  });

  it("is none where it is not armed", () => {
    expect(findingsOf({ "proc/cmdline": "ro quiet" })).toEqual([]);
    expect(findingsOf({})).toEqual([]);
  });

  it.skipIf(whyNothingIsDenied !== null)("is not judged where we may not look", () => {
    const files = { "proc/cmdline": armedLine, ...tracing({ kprobe_events: denied }) };
    expect(here(files)).toMatchObject({ tracefs: "denied", events: [], hits: null });
    expect(findingsOf(files)).toEqual([]);
  });
});

describe("what a kernel can record", () => {
  it.each<[what: string, files: Readonly<Record<string, Entry>>, recorder: string | null]>([
    [
      "its symbols have kprobe_event=",
      { "proc/kallsyms": "0000000000000000 t setup_trace_event\n0000000000000000 t set_kprobe_boot_events\n" },
      "kprobes",
    ],
    [
      "its symbols have trace_event= alone",
      { "proc/kallsyms": "0000000000000000 t setup_trace_event\n0000000000000000 T wait_for_random_bytes\n" },
      "syscalls",
    ],
    ["its symbols have neither", { "proc/kallsyms": "0000000000000000 T wait_for_random_bytes\n" }, null],
    [
      "tracefs explains a type that came with it",
      {
        "proc/kallsyms": "",
        ...tracing({ kprobe_events: "", README: "b<bit-width>@<bit-offset>/<container-size>, ustring,\n" }),
      },
      "kprobes",
    ],
    [
      "tracefs does not",
      tracing({ kprobe_events: "", README: "b<bit-width>@<bit-offset>/<container-size>\n" }),
      "syscalls",
    ],
    [
      "its symbols have kprobe_event=, and x86-64's door for system calls",
      { "proc/kallsyms": "0000000000000000 t set_kprobe_boot_events\n0000000000000000 T entry_SYSCALL_64\n" },
      "registers",
    ],
    [
      "its symbols have kprobe_event=, and aarch64's getrandom()",
      { "proc/kallsyms": "0000000000000000 t set_kprobe_boot_events\n0000000000000000 T __arm64_sys_getrandom\n" },
      "registers-aarch64",
    ],
    [
      "its processor has 64 bits and is x86's, where its symbols are hidden",
      {
        "proc/kallsyms": "",
        "proc/cpuinfo": "flags\t\t: fpu lm sse2\n",
        ...tracing({ kprobe_events: "", README: "b<bit-width>@<bit-offset>/<container-size>, ustring,\n" }),
      },
      "registers",
    ],
    ["nothing tells", {}, "kprobes"],
  ])("%s", (_what, files, recorder) => {
    expect(recorderOf(hostOf(files).roots).recorder).toBe(recorder);
  });
});
