import { beforeAll, describe, expect, it } from "vitest";
import type { Wait } from "../../src/core/boot-record.ts";
import { recordIn, stampOf, startDaemon } from "./guests.ts";
import { boot, type KernelSeries, type Transcript } from "./lab/boot.ts";
import { skipReason } from "./lab/requirements.ts";

const reason = skipReason();
if (reason !== null) console.warn(reason);

/** What `crngwatch recorder arm` puts on a kernel command line, with a call's own two probes alone where that is enough. */
const armed = "kprobe_event=p:crngwatch/wait,wait_for_random_bytes;r512:crngwatch/waited,wait_for_random_bytes;p:crngwatch/gen,try_to_generate_entropy;r512:crngwatch/gend,try_to_generate_entropy";

/** A real libgcrypt in FIPS mode waits in its self-test. The kernel's own events are read from a tracefs that the daemon cannot see where it is to do without. */
const gpgvWaits = (hideTracefs: boolean): string => `${startDaemon}
${hideTracefs ? "mkdir /tracefs; mount -t tracefs tracefs /tracefs; umount /sys/kernel/tracing" : ""}
start_daemon
sleep 1
gpgv --version >/dev/null & gpgv=$!
wait $gpgv
sleep 4
section record
crngwatch status --json
section log
dmesg
section tidied
ls ${hideTracefs ? "/tracefs" : "/sys/kernel/tracing"}/instances
section clocks
for look in 1 2 3; do
  read -r before _ </proc/uptime
  grep "now ts" ${hideTracefs ? "/tracefs" : "/sys/kernel/tracing"}/per_cpu/cpu0/stats
  grep se.exec_start /proc/self/sched
done
section trace
cat ${hideTracefs ? "/tracefs" : "/sys/kernel/tracing"}/trace
`;

/** The moments at which the kernel's own probes saw gpgv begin and end its wait, by the kernel log's clock. */
function kernelsOwn(guest: Transcript): { readonly from: number; readonly to: number } {
  const moment = (name: string): number => {
    const stamp = new RegExp(`gpgv-\\d+ .* (\\d+\\.\\d{6}): ${name}: \\(`).exec(guest.section("trace"))?.[1];
    if (stamp === undefined) throw new Error(`The trace has no '${name}' of gpgv`);
    return Number(stamp);
  };
  const looks = [...guest.section("clocks").matchAll(/now ts:\s+([\d.]+)\s*\n\S*se\.exec_start\s*:\s*([\d.]+)/g)];
  // A trace's clock starts elsewhere than printk's; the two lines are printed within some milliseconds of each other.
  const ahead = Math.min(...looks.map(([, trace, sched]) => Number(sched) / 1000 - Number(trace)));
  return { from: moment("wait") + ahead, to: moment("waited") + ahead };
}

const onlyGpgv = (guest: Transcript): Wait => {
  const waits = recordIn(guest.section("record")).waits.filter(({ comm }) => comm === "gpgv");
  expect(waits).toHaveLength(1);
  return waits[0] as Wait;
};

const series: readonly KernelSeries[] = ["6.1", "6.12"];
const cases = series.flatMap((kernel) => [false, true].map((hidden) => [kernel, hidden ? "stacks alone" : "the kernel's probes", hidden] as const));

describe.skipIf(reason !== null).each(cases)("gpgv in FIPS mode, kernel %s, by %s", (kernel, _how, hidden) => {
  let guest: Transcript;
  beforeAll(async () => {
    guest = await boot({ kernel, commandLine: `fips=1 printk.devkmsg=on ${armed}`, programs: ["gpgv"], script: gpgvWaits(hidden) });
  });

  it("is seen to wait, live, with its program, its library and its FIPS mode", () => {
    expect(onlyGpgv(guest)).toMatchObject({
      comm: "gpgv",
      exe: "/usr/bin/gpgv",
      commandLine: "gpgv --version",
      parent: { comm: "sh" },
      interface: "getrandom",
      libraries: ["libgcrypt.so.20"],
      librariesFrom: "maps",
      fips: true,
      fipsWhy: "the kernel is in FIPS mode",
      gathers: true,
      ended: "returned",
      evidence: hidden ? "live" : "recorder",
    });
    expect(guest.section("log")).toMatch(/gpgv\[\d+\] waits for the CRNG in getrandom via libgcrypt\.so\.20 in FIPS mode/);
  });

  it("from and to within 20 ms of the kernel's own events", () => {
    const [wait, own] = [onlyGpgv(guest), kernelsOwn(guest)];
    console.warn(`${guest.kernelRelease}, ${hidden ? "stacks" : "probes"}: from ${((wait.from ?? 0) - own.from).toFixed(3)} s, to ${((wait.to ?? 0) - own.to).toFixed(3)} s, error ${wait.error}`);
    expect(Math.abs((wait.from ?? 0) - own.from)).toBeLessThanOrEqual(0.02);
    expect(Math.abs((wait.to ?? 0) - own.to)).toBeLessThanOrEqual(0.02);
  });

  it("is why the CRNG became ready: the kernel gathered jitter for it", () => {
    const { readiness } = recordIn(guest.section("record"));
    expect(readiness).toMatchObject({ level: "ready", readyAt: stampOf(guest.section("log"), "random: crng init done"), cause: "jitter" });
  });

  it("leaves nothing of ours in tracefs", () => {
    expect(guest.section("tidied").trim()).toBe("");
  });
});
