import { expect, it } from "vitest";
import { startDaemon } from "../vm/guests.ts";
import { boot, type KernelSeries } from "../vm/lab/boot.ts";
import { skipReason } from "../vm/lab/requirements.ts";

/** Seconds of the guest in which the daemon's processor time is measured, counted from its start. */
const spans = [
  ["the first two minutes", 0, 120],
  ["minutes 2 to 10", 120, 590],
  ["minutes 11 to 30, after the back-off", 660, 1_800],
] as const;

/** As the service runs it (bin/crngwatch). */
const asService = '#!/bin/sh\nexec node --jitless --max-semi-space-size=1 --no-memory-reducer "$@"\n';

/**
 * Nothing runs in this guest but the daemon and kernel threads, and its clock jumps over idleness: half an hour takes
 * the host as long as the daemon is busy. `se.sum_exec_runtime` is exact, where utime counts ticks
 * (Documentation/scheduler).
 */
const script = `${startDaemon}
export CRNGWATCH_NODE=/srv/node
start_daemon
read -r daemon _ </run/crngwatch/daemon.pid
used() { cat /proc/$daemon/task/*/sched | sed -n 's/^se.sum_exec_runtime *: *//p' | tr '\\n' ' '; echo; }
read -r began _ </proc/uptime
until_second() { read -r now _ </proc/uptime; sleep $((\${began%.*} + $1 - \${now%.*})); }
section used
${[...new Set(spans.flatMap(([, from, to]) => [from, to]))].map((second) => `until_second ${second}; echo "$(uptime) $(used)"`).join("\n")}
section status
crngwatch status; echo "exit $?"
section tasks
ls -d /proc/[0-9]* | wc -l
`;

it.skipIf(skipReason() !== null).each<KernelSeries>(["5.10", "6.12"])(
  "processor time of the daemon while the CRNG is not ready, before and after its back-off, kernel %s",
  async (kernel) => {
    const guest = await boot({ kernel, files: { "/srv/node": asService }, timeoutSeconds: 1_800, script });
    expect(guest.section("status")).toMatch(/not ready/);
    const samples = guest
      .section("used")
      .trim()
      .split("\n")
      .map((line) => line.trim().split(/\s+/).map(Number))
      .map(([at = Number.NaN, ...threads]) => ({ at, used: threads.reduce((sum, ms) => sum + ms, 0) / 1_000 }));
    const began = samples[0]?.at ?? Number.NaN;
    const near = (second: number) =>
      samples.reduce((best, one) =>
        Math.abs(one.at - began - second) < Math.abs(best.at - began - second) ? one : best,
      );
    for (const [what, from, to] of spans) {
      const [first, last] = [near(from), near(to)];
      const percent = (100 * (last.used - first.used)) / (last.at - first.at);
      console.log(
        `${guest.kernelRelease}, ${guest.section("tasks").trim()} tasks, ${what}: ${percent.toFixed(2)} % of an emulated processor`,
      );
    }
  },
);
