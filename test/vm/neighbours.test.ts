import { beforeAll, describe, expect, it } from "vitest";
import { recordIn, seenToGather, startDaemon, staticWait, withoutTimes } from "./guests.ts";
import { boot, type Transcript } from "./lab/boot.ts";
import { skipReason } from "./lab/requirements.ts";

const reason = skipReason();
if (reason !== null) console.warn(reason);

/** A stranger traces at the top level and in an instance, with an event, a filter, a probe and settings of his own. */
const script = `${startDaemon}
cd /sys/kernel/tracing
echo 'p:stranger/makes vfs_mkdir' >kprobe_events
echo 'comm == "mkdir"' >events/sched/sched_process_exec/filter
echo sched:sched_process_exec >set_event
echo stranger:makes >>set_event
echo boot >trace_clock
echo 777 >buffer_size_kb
echo 1 >options/record-tgid
mkdir instances/stranger
echo 1 >instances/stranger/events/stranger/makes/enable
echo 1 >instances/stranger/events/sched/sched_process_fork/enable
echo uptime >instances/stranger/trace_clock
cp /usr/bin/busybox /tmp/mkdir
# What he set, and what else can be, but what is ours.
settings() {
  for file in kprobe_events set_event trace_options trace_clock buffer_size_kb tracing_on current_tracer events/stranger/makes/enable events/sched/sched_process_exec/filter \
    instances/stranger/set_event instances/stranger/trace_options instances/stranger/trace_clock instances/stranger/buffer_size_kb instances/stranger/tracing_on; do
    echo "$file:"; grep -v crngwatch_live $file
  done
  ls instances | grep -v '^crngwatch'
}
as_stranger() { /tmp/mkdir /tmp/$1; }
section before
settings
as_stranger one

start_daemon
section during
settings
as_stranger two
section ours
ls instances; cat kprobe_events

section killed
read -r daemon _ </run/crngwatch/daemon.pid
kill -9 $daemon
within 10 [ ! -e /proc/$daemon/exe ]
ls instances; grep -c crngwatch_live kprobe_events
consume
rm /run/crngwatch/io.crngwatch
start_daemon
within 30 released
section record
record
section after
settings
as_stranger three
section left
ls instances; cat kprobe_events
section stranger
cat trace
section stranger-instance
cat instances/stranger/trace
`;

describe.skipIf(reason !== null).each(["5.10", "6.12"] as const)(
  "a daemon beside a foreign tracer, and one that is killed, kernel %s",
  (kernel) => {
    let guest: Transcript;
    const lines = (name: string): readonly string[] => guest.section(name).trimEnd().split("\n");
    beforeAll(async () => {
      guest = await boot({ kernel, script });
    });

    it("leave the stranger's events, filters, probes, clocks and buffers as they are", () => {
      expect(lines("before").length).toBeGreaterThan(40);
      expect(lines("during")).toEqual(lines("before"));
      expect(lines("after")).toEqual(lines("before"));
    });

    it("lose the stranger nothing", () => {
      expect(guest.section("stranger").match(/sched_process_exec: filename=\/tmp\/mkdir /g)).toHaveLength(3);
      // The first is that of his own instance.
      expect(guest.section("stranger").match(/ mkdir-\d+ .*: makes: \(/g)).toHaveLength(4);
      expect(guest.section("stranger")).not.toMatch(/: (?:wait|waited|gen|gend): \(/);
      expect(guest.section("stranger-instance")).toMatch(/: sched_process_fork: /);
    });

    it("keep an instance and probes of their own while the CRNG is not ready", () => {
      expect(lines("ours")).toEqual(
        expect.arrayContaining([
          "crngwatch",
          "crngwatch_credits",
          "stranger",
          expect.stringMatching(/^p:crngwatch_live\/wait wait_for_random_bytes a=\+0\(%sp\):x64\[64\] /),
        ]),
      );
      expect(lines("killed")).toEqual(["crngwatch", "crngwatch_credits", "stranger", kernel === "5.10" ? "3" : "5"]);
    });

    it("and the next one reports the waiters while no daemon was there, and cleans up", () => {
      const { waits, readiness } = recordIn(guest.section("record"));
      // By what the killed one's probe recorded.
      expect(readiness).toMatchObject({
        cause: "jitter",
        basis: { cause: expect.stringMatching(/^recorded in the kernel: jitter entropy \d+ bits/) as string },
      });
      const gatheredJitter = seenToGather(kernel);
      expect(waits.map(withoutTimes)).toMatchObject([withoutTimesOfDd(gatheredJitter)]);
      expect(lines("left")).toEqual(["stranger", expect.stringContaining("p:stranger/makes vfs_mkdir")]);
    });
  },
);

/** It was gone when the next daemon came, and the instance records no programs. */
function withoutTimesOfDd(gatheredJitter: true | null): ReturnType<typeof staticWait> {
  return staticWait({
    comm: "dd",
    interface: "dev-random",
    gatheredJitter: gatheredJitter,
    librariesSource: null,
    fips: null,
    fipsWhy: null,
  });
}
