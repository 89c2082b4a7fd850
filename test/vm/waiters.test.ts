import type { Wait } from "../../src/core/wait.ts";
import { releaseSeconds } from "../../src/core/fold/wait-ends.ts";
import { beforeAll, describe, expect, it } from "vitest";
import {
  callersOptions,
  fullyArmed,
  inGroups,
  kernels,
  kernelWarning,
  recordIn,
  seenToGather,
  stampOf,
  startDaemon,
  staticWait,
  waiters,
  withoutTimes,
} from "./guests.ts";
import { boot, type KernelSeries, type Transcript } from "./lab/boot.ts";
import { compiled } from "./lab/host/compiled.ts";
import { skipReason } from "./lab/requirements.ts";
import { expectKernelsOwn, printTrace } from "./probed-waits.ts";

const reason = skipReason();
if (reason !== null) console.warn(reason);

const container = "0123456789abcdef".repeat(4);

/** crngwatch itself, without its wrapper, and so without the object that keeps Node from waiting. */
const bareStart = `
in_group bare.service node /opt/crngwatch/dist/start.cjs status --no-daemon >/tmp/bare & bare=$!
within 60 enters_wait $bare
# Held back from here on: else it would make the CRNG ready before the others come.
slowed bare.service "2000 100000"
`;
/**
 * On 7.2 neither a quota nor a weight keeps it from making the CRNG ready before the others come: there it is alone in
 * a guest (unready.test.ts).
 */
const hasBareStart = (kernel: KernelSeries): boolean => kernel !== "7.2";

const everyKind = (callers: string, bare: string): string => `${startDaemon}
${inGroups}
# Comes and is killed before the daemon runs: what is known of it is what the flight recorder has.
in_group early.service ${callers} gcrypt </dev/null & early=$!
within 30 enters_wait $early
kill -9 $early
start_daemon
in_group polls.service waiters poll & polls=$!
in_group loops.service waiters loop & loops=$!
within 30 describes $polls
within 30 describes $loops
${bare}# A real libgcrypt, whose self-test asks in FIPS mode.
in_group gpgv.service env LIBGCRYPT_FORCE_FIPS_MODE=1 gpgv --version & gpgv=$!
within 30 enters_wait $gpgv
in_group threads.service waiters thread & threads=$!
in_group urandom.service /usr/bin/dd if=/dev/urandom of=/dev/null bs=16 count=1 & urandom=$!
in_group libpod-${container}.scope unshare --pid --fork --mount-proc /usr/bin/dd if=/dev/random of=/dev/null bs=1 count=1 & boxed=$!
in_group killed.service waiters getrandom & killed=$!
# Of one that is killed before the daemon has described it, no more is known than its program's file shows.
within 30 describes $killed
kill -9 $killed
${bare === "" ? "" : "slowed bare.service max"}
for each in $polls $threads $urandom $boxed $gpgv ${bare === "" ? "" : "$bare"}; do wait $each; done
within 30 released
section record
record
section bare
cat /tmp/bare 2>&1
section log
dmesg
section tidied
ls /sys/kernel/tracing/instances
grep crngwatch_live /sys/kernel/tracing/kprobe_events
${printTrace()}
`;

/** busybox puts the operands of dd apart in its own arguments. */
const ddOf = (operands: string): string => `/usr/bin/dd ${operands.replaceAll("=", " ")}`;
const polledBy = (kind: string, facts: Partial<Wait> = {}): unknown =>
  staticWait({
    comm: "waiters",
    exe: "/usr/bin/waiters",
    commandLine: `waiters ${kind}`,
    unit: `${kind}s.service`,
    unitSource: "cgroup",
    interface: "dev-random",
    polls: true,
    evidence: "live",
    ...facts,
  });
/** One ends with its poll, and the other polls something else then. */
const polled = [polledBy("poll", { ended: expect.stringMatching(/^(?:gone|returned)$/) as "gone" }), polledBy("loop")];
const ended = (kernel: KernelSeries, callers: string, whenKilled: unknown): readonly unknown[] => {
  const gatheredJitter = seenToGather(kernel);
  return [
    staticWait({
      comm: "callers",
      exe: callers,
      libraries: expect.toSatisfy(
        (names: readonly string[]) => names.toSorted().join(" ") === "libcrypto.so.3 libgcrypt.so.20",
      ) as readonly string[],
      librariesSource: "elf",
      runtime: "glibc",
      // By its request, where that shows the library.
      fipsWhy: expect.stringMatching(
        /^libgcrypt\.so\.20 requested 120 bytes|^the kernel is not in FIPS mode/,
      ) as string,
      fips: expect.toSatisfy((fips: boolean | null) => fips !== true) as false,
      interface: "getrandom",
      gatheredJitter,
      ended: "interrupted",
    }),
    ...(hasBareStart(kernel)
      ? [
          staticWait({
            comm: expect.stringMatching(/^(?:node|MainThread)$/) as string,
            exe: process.execPath,
            commandLine: "node /opt/crngwatch/dist/start.cjs status --no-daemon",
            unit: "bare.service",
            unitSource: "cgroup",
            runtime: "Node.js",
            libraries: ["libc.so.6"],
            interface: "getrandom",
            gatheredJitter,
          }),
        ]
      : []),
    staticWait({
      comm: "gpgv",
      exe: "/usr/bin/gpgv",
      commandLine: "gpgv --version",
      unit: "gpgv.service",
      unitSource: "cgroup",
      libraries: ["libgcrypt.so.20"],
      runtime: "glibc",
      fips: true,
      fipsWhy: "libgcrypt.so.20: LIBGCRYPT_FORCE_FIPS_MODE is set",
      interface: "getrandom",
      gatheredJitter,
    }),
    staticWait({
      comm: "drawer",
      exe: "/usr/bin/waiters",
      commandLine: "waiters thread",
      unit: "threads.service",
      unitSource: "cgroup",
      interface: "getrandom",
      gatheredJitter,
    }),
    // There a reader of /dev/urandom gets what there is, and the kernel logs it.
    ...(kernel === "5.10"
      ? []
      : [
          staticWait({
            comm: "dd",
            exe: "/usr/bin/busybox",
            commandLine: ddOf("if=/dev/urandom of=/dev/null bs=16 count=1"),
            unit: "urandom.service",
            unitSource: "cgroup",
            interface: "urandom",
            gatheredJitter,
          }),
        ]),
    staticWait({
      comm: "dd",
      exe: "/usr/bin/busybox",
      commandLine: ddOf("if=/dev/random of=/dev/null bs=1 count=1"),
      namespacePid: 1,
      unit: `libpod-${container}.scope`,
      unitSource: "cgroup",
      container,
      interface: "dev-random",
      gatheredJitter,
    }),
    staticWait({
      comm: "waiters",
      exe: "/usr/bin/waiters",
      commandLine: "waiters getrandom",
      unit: "killed.service",
      unitSource: "cgroup",
      interface: "getrandom",
      gatheredJitter,
      ended: whenKilled as "interrupted",
    }),
  ];
};

const byRequest = { library: "libgcrypt.so.20", how: "request", stack: [] } as const;
const isNullOrByRequest = (caller: Wait["caller"]): boolean =>
  caller === null || (caller.library === byRequest.library && caller.how === byRequest.how);

describe.skipIf(reason !== null).each(kernels)("waiters of every kind at once, kernel %s", (kernel) => {
  let guest: Transcript;
  let waits: readonly Wait[] = [];
  let callers: string;
  beforeAll(async () => {
    callers = await compiled("callers", ...callersOptions, "-s");
    guest = await boot({
      kernel,
      commandLine: `printk.devkmsg=on ${fullyArmed}`,
      programs: ["gpgv", callers],
      files: { "/usr/bin/waiters": { from: await compiled("waiters", "-static", "-pthread") } },
      script: everyKind(callers, hasBareStart(kernel) ? bareStart : ""),
    });
    ({ waits } = recordIn(guest.section("record")));
  });

  it("are each in the record, in full, and no other task", () => {
    // The waiters gather jitter entropy: it may become ready before the kill. So close to that, either may be true.
    const { readiness } = recordIn(guest.section("record"));
    const killedAt = waits.find(({ unit }) => unit === "killed.service")?.to ?? 0;
    const isBefore = killedAt < (readiness.readyAt ?? 0) - releaseSeconds;
    const whenKilled = isBefore ? "interrupted" : (expect.stringMatching(/^(?:interrupted|returned)$/) as unknown);
    const expected = [...polled, ...ended(kernel, callers, whenKilled)];
    expect(waits.map(withoutTimes)).toEqual(expect.arrayContaining(expected));
    expect(waits).toHaveLength(expected.length);
  });

  it("from and to within 20 ms of the kernel's own events, the pollers until the CRNG was ready", () => {
    const recorded = waits.filter(({ evidence }) => evidence === "recorder");
    expectKernelsOwn(guest, recorded);
    expect(recorded.map(({ errorSeconds }) => errorSeconds)).toEqual(recorded.map(() => 0));
    // A reader of /dev/urandom is in another function, which returns nothing.
    expect(recorded.map(({ endShown }) => endShown)).toEqual(
      recorded.map(({ interface: through }) => through !== "urandom"),
    );
    const { readiness } = recordIn(guest.section("record"));
    for (const { to } of waits.filter(({ polls }) => polls)) {
      // No task comes back before, but it may have been last in line for the processor of a loaded host.
      expect(to).toBeGreaterThanOrEqual(readiness.readyAt ?? Infinity);
      expect(to).toBeLessThan((readiness.readyAt ?? -Infinity) + 5);
    }
  });

  it("are proven to have called by themselves, by their stacks: static programs, a thread, and one with its own mounts", () => {
    const called = waits.filter(
      ({ libraries, evidence, interface: through }) =>
        libraries.length === 0 && evidence === "recorder" && through !== "urandom",
    );
    // busybox is stripped of its names.
    const inLibc = expect.stringMatching(/^(?:__)?getrandom$/) as string;
    expect(called.map(({ caller }) => caller)).toMatchObject(
      called.map(({ comm }) => ({ library: null, how: "stack", function: comm === "dd" ? null : inLibc })),
    );
    const asked = called.map(({ comm, request }) => `${comm} ${request?.syscall} ${request?.bytes}`);
    expect(asked.toSorted((a, b) => (a < b ? -1 : 1))).toEqual([
      "dd read 1",
      "drawer getrandom 16",
      "waiters getrandom 16",
    ]);
    // The registers are recorded of tasks that wait for readiness, not of a reader of /dev/urandom.
    for (const { caller } of waits.filter(({ interface: through }) => through === "urandom")) expect(caller).toBeNull();
  });

  it("are named with the library that called, where one did: gpgv with libgcrypt, in FIPS mode", () => {
    const [gpgv] = waits.filter(({ comm }) => comm === "gpgv");
    const request = { syscall: "getrandom", bytes: 24, flags: 0 };
    expect(gpgv).toMatchObject({
      parent: { comm: "sh" },
      request,
      caller: { library: "libgcrypt.so.20", how: "stack", fromConstructor: false, request },
    });
    expect(gpgv?.caller?.stack.map((frame) => frame.function)).toContain("gcry_control");
    expect(guest.section("log")).toMatch(
      /gpgv\[\d+\] waits for the CRNG in getrandom via libgcrypt\.so\.20 in FIPS mode/,
    );
  });

  it("before the daemon ran are known by the recorder alone: the request, and the library if no other makes it", () => {
    expect(waits.filter(({ comm }) => comm === "callers")).toMatchObject([
      {
        request: { syscall: "getrandom", bytes: 120, flags: 0 },
        // Its address may be of libc's getentropy() or, as far as an offset within a page shows, of the vDSO's
        // getrandom(), which 6.12 has: then no library is named.
        caller: kernel === "6.12" ? expect.toSatisfy(isNullOrByRequest) : byRequest,
      },
    ]);
  });

  if (hasBareStart(kernel))
    it("are crngwatch, too, where it is started without its start object, and it says so itself", () => {
      const bare = waits.filter(({ unit }) => unit === "bare.service");
      expect(bare).toMatchObject([{ caller: { library: null, how: "stack", fromConstructor: false } }]);
      expect(waiters(guest.section("trace")).ours.length).toBeGreaterThan(0);
      expect(guest.section("bare")).toMatch(
        /warning: crngwatch itself may have waited for the CRNG, for up to \d+\.\d\d s/,
      );
    });

  it("leave nothing of ours in tracefs, and give the kernel nothing to warn of", () => {
    expect(guest.section("tidied").trim()).toBe("");
    expect(guest.section("log")).not.toContain(kernelWarning);
  });

  it("distinguish the thread from its process", () => {
    const [thread] = waits.filter(({ comm }) => comm === "drawer");
    expect(thread?.tid).toBeGreaterThan(thread?.pid ?? Infinity);
    for (const { pid, tid, comm } of waits) if (comm !== "drawer") expect(tid).toBe(pid);
  });

  it("are why the CRNG became ready", () => {
    const { readiness, earlyUses } = recordIn(guest.section("record"));
    expect(readiness).toMatchObject({
      level: "ready",
      readyAt: stampOf(guest.section("log"), "random: crng init done"),
      cause: "jitter",
      basis: {
        cause: expect.stringMatching(/^recorded in the kernel: jitter entropy \d+ bits while \S+\[\d+\]/) as string,
      },
    });
    expect(earlyUses.map(({ kind, name, bytes }) => ({ kind, name, bytes }))).toEqual(
      kernel === "5.10" ? [{ kind: "urandom-read", name: "dd", bytes: 16 }] : [],
    );
  });
});

describe.skipIf(reason !== null)("200 waiters at once", () => {
  it("are all in the record, each with its program", async () => {
    const script = `${startDaemon}\nstart_daemon\nwaiters many 210 & crowd=$!\nwait $crowd\nwithin 30 released\nsection record\nrecord\n${printTrace()}`;
    const guest = await boot({
      kernel: "6.12",
      commandLine: fullyArmed,
      files: { "/usr/bin/waiters": { from: await compiled("waiters", "-static", "-pthread") } },
      script,
    });
    const { waits, dropped, gaps } = recordIn(guest.section("record"));
    // One that has not come when those before it have gathered enough does not wait.
    expect(waits.length).toBeGreaterThanOrEqual(200);
    expectKernelsOwn(guest, waits);
    const each = staticWait({
      comm: "waiters",
      exe: "/usr/bin/waiters",
      commandLine: "waiters many 210",
      interface: "getrandom",
      gatheredJitter: true,
    });
    expect(waits.map(withoutTimes)).toEqual(waits.map(() => each));
    // Of each the registers fit into the buffer; so many stacks are unwound.
    const request = { syscall: "getrandom", bytes: 16, flags: 0 };
    expect(waits.map((wait) => wait.request)).toEqual(waits.map(() => request));
    expect(waits.filter(({ caller }) => caller !== null).length).toBeLessThanOrEqual(32);
    expect({ dropped: dropped.waits, gaps }).toEqual({ dropped: 0, gaps: [] });
  });
});
