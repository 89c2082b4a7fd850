import { emptyRecord, type Diagnosed } from "../../../src/core/boot-record.ts";
import type { BootUnit } from "../../../src/core/boot-units.ts";
import type { Evidence } from "../../../src/core/evidence.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";
import { fips, logged, pool, readyLine, stretch, urandomRead, wait } from "./evidence-of.ts";
import { aRecorder } from "./full-record.ts";
import { aCaller } from "./waits.ts";

const unit = (name: string, startedAt: number, doneAt: number, after: readonly string[] = []): BootUnit => ({
  name,
  startedAt,
  doneAt,
  after,
});

/** What the flight recorder and systemd know of a boot like those of May 2018: PID 1 waited, then a service did. */
const evidence: readonly Evidence[] = [
  { kind: "kernel", bootId: null, release: "4.16.12-300.fc28.x86_64", version: null, buildId: null, commandLine: null },
  fips(true),
  urandomRead(0.9, "systemd"),
  logged(2.1, { kind: "early-init" }),
  pool(12, 140, 4096),
  wait(1.4, 32.5, {
    pid: 1,
    comm: "systemd",
    exe: "/usr/lib/systemd/systemd",
    unit: "init.scope",
    evidence: "recorder",
    fips: true,
    to: 33.9,
    ended: "returned",
    caller: aCaller("libgcrypt.so.20", {
      how: "request",
      request: { syscall: "getrandom", bytes: 24, flags: 0 },
    }),
  }),
  readyLine(33.9),
  stretch(0, 52, 52),
  { kind: "source", name: "kmsg", health: "ok", detail: null },
];

const units: readonly BootUnit[] = [
  unit("local-fs.target", 36.1, 36.1),
  unit("sysinit.target", 37.2, 37.2, ["local-fs.target"]),
  unit("NetworkManager.service", 37.9, 40.8, ["sysinit.target"]),
  unit("sshd.service", 40.9, 41.4, ["NetworkManager.service"]),
  unit("multi-user.target", 42.6, 42.6, ["sshd.service"]),
];

/** The boot of the picture in README, as the daemon on that machine would know it. */
export function homeCase(): Diagnosed {
  const { record } = fold(emptyRecord(), evidence);
  const recorded = { ...record, recorder: aRecorder({ events: 2 }) };
  return diagnose({
    ...recorded,
    units: { initrdAt: null, userspaceAt: 34.6, finishedAt: 42.6, units, silences: null },
  });
}

/** Most of a console's log whose reader suspects the CRNG, since its last line is the kernel's about it. */
export const innocentConsole: readonly string[] = [
  "[    0.000000] Linux version 6.9.3-100.fc40.x86_64 (mockbuild@builder) #1 SMP PREEMPT_DYNAMIC",
  "[    1.911204] systemd[1]: Reached target basic.target - Basic System.",
  "[    7.220411] random: crng init done",
  "[  137.431190] dracut-initqueue[441]: Warning: dracut-initqueue: timeout, still waiting for following initqueue hooks:",
  "[  137.440022] dracut-initqueue[441]: Warning: /dev/mapper/fedora-root does not exist",
  "[  137.512093] systemd[1]: Started emergency.service - Emergency Shell.",
];
