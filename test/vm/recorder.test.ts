import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BootRecord } from "../../src/core/boot-record.ts";
import { armLine } from "../../src/parse/command-line/recorder-line.ts";
import type { RecorderStatus } from "../../src/render/text/recorder-text.ts";
import { crngwatch } from "../support/running/program.ts";
import { waiters } from "./guests.ts";
import { boot, type Transcript } from "./lab/boot.ts";
import { skipReason } from "./lab/requirements.ts";

const reason = skipReason();
if (reason !== null) console.warn(reason);

/** A stranger traces as well: what he asked for must go on, and ours beside it. */
const strangers = "trace_event=sched:sched_process_fork kprobe_event=p:stranger/opens,do_sys_openat2";
const armed = armLine(strangers, { quoting: "kernel", quote: '"' }, "kprobes");

const script = `
section cmdline
cat /proc/cmdline
section status
crngwatch recorder status --json
section wait
consume
section trace
cat /sys/kernel/tracing/trace
section analyze
crngwatch analyze /sys/kernel/tracing/trace
section symbols
grep -c ' set_kprobe_boot_events$' /proc/kallsyms
section silent
echo z >/proc/sysrq-trigger
sleep 1
crngwatch recorder status
echo 1 >/sys/kernel/tracing/tracing_on
echo '!crngwatch:*' >>/sys/kernel/tracing/set_event
crngwatch recorder status
for each in wait waited gen gend credit; do echo "-:crngwatch/$each" >>/sys/kernel/tracing/kprobe_events; done
crngwatch recorder status
`;

describe.skipIf(reason !== null)("a kernel booted with what arm makes of a stranger's command line", () => {
  let guest: Transcript;
  const folder = mkdtempSync(join(tmpdir(), "crngwatch-recorder-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  beforeAll(async () => {
    guest = await boot({ kernel: "6.12", commandLine: armed, script });
  });

  it("has all of it", () => {
    expect(guest.section("cmdline")).toContain(
      "kprobe_event=p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes;p:crngwatch/gen,try_to_generate_entropy;r512:crngwatch/gend,try_to_generate_entropy;p:crngwatch/drbg,crypto_devrandom_read_iter;r512:crngwatch/drbgd,crypto_devrandom_read_iter;r:crngwatch/credit,_credit_init_bits;p:stranger/opens,do_sys_openat2",
    );
    expect(guest.section("cmdline")).toContain("trace_event=sched:sched_process_exec,sched:sched_process_fork");
    expect(guest.section("symbols")).toBe("1\n");
  });

  it("says that it records", () => {
    const { thisBoot, obstacles, findings } = JSON.parse(guest.section("status")) as RecorderStatus;
    expect({ thisBoot, obstacles, findings }).toEqual({
      thisBoot: {
        armed: true,
        recording: true,
        events: ["crngwatch:wait", "crngwatch:waited", "crngwatch:gen", "crngwatch:gend", "crngwatch:credit"],
        off: [],
        hits: 0,
        missed: 0,
      },
      obstacles: [],
      findings: [],
    });
  });

  it("records the waiter, what it executed, and what the stranger wanted to know", () => {
    const trace = guest.section("trace");
    const { ours, others } = waiters(trace);
    expect(ours).toEqual([]);
    expect(others).toHaveLength(1);
    expect(others[0]).toMatch(/^\s*dd-\d+/);
    expect(trace).toMatch(/ dd-\d+ .*: waited: \(random_read_iter\+\S+ <- wait_for_random_bytes\)$/m);
    expect(trace).toMatch(/: sched_process_exec: filename=\/usr\/bin\/dd /);
    expect(trace).toContain(": sched_process_fork: ");
    expect(trace).toContain(": opens: (do_sys_openat2+");
  });

  it("is read by analyze where it is, and stays there", () => {
    expect(guest.section("analyze")).toMatch(
      /^ {2}dd\[\d+\] waited \d+\.\d{3} s .*in a read of \/dev\/random, began at \d+\.\d{6} s, \/usr\/bin\/dd \(recorded in the kernel\)$/m,
    );
  });

  it("is reported when sysrq-z has stopped the recorder, when it is switched off, and when its probes are gone", () => {
    const [dumped = "", off = "", gone = ""] = guest
      .section("silent")
      .split(/(?<=\n)(?=next boots:)/)
      .slice(-3);
    expect(dumped).toContain("obstacle: '/sys/kernel/tracing/tracing_on' is 0: tracing was stopped\n");
    expect(off).toMatch(/^this boot: armed, and switched off since then, \d entries into a wait$/m);
    expect(off).toContain("note: The flight recorder was armed in this boot and is switched off now\n");
    expect(gone).toContain(
      "warning: The flight recorder is on this boot's kernel command line, but its probes are not in the kernel\n",
    );
  });

  it("prints the same on its console after sysrq-z, and analyze reads that", async () => {
    const path = join(folder, "console.log");
    writeFileSync(path, guest.rawConsole);
    const { code, stdout } = await crngwatch(["analyze", "--json", path]);
    expect(code).toBe(0);
    const { boots } = JSON.parse(stdout) as { readonly boots: readonly BootRecord[] };
    const entered = Number(/ dd-\d+ .* (\d+\.\d{6}): wait: /.exec(guest.section("trace"))?.[1]);
    expect(boots.flatMap(({ waits }) => waits)).toMatchObject([
      { comm: "dd", exe: "/usr/bin/dd", interface: "dev-random", evidence: "recorder", from: entered },
    ]);
  });
});
