import type { Wait } from "../../../src/core/wait.ts";
import { type BootRecord, type Diagnosed, emptyRecord } from "../../../src/core/boot-record.ts";
import type { Remedy } from "../../../src/core/finding.ts";
import type { Evidence } from "../../../src/core/evidence.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";
import { aCaller } from "./waits.ts";
import { fips, logged, loss, readyLine, urandomRead, wait } from "./evidence-of.ts";

/**
 * Names that break texts which do not escape: quotes, line ends, escape sequences, markup, halves of characters, and no
 * end.
 */
export const hostileNames: readonly string[] = [
  'sshd"} 1\ncrngwatch_ready 0',
  "\\",
  '\\"',
  "back\\x2dslash.service",
  '"><script>alert(1)</script>',
  "\u001b[31mred\u001b[0m\r\n# EOF",
  "half a character \ud800",
  "\u202eright to left\u0000",
  "# HELP crngwatch_ready no",
  "ünïcödé 雪 🎲",
  "x".repeat(65_536),
];

/** What a recorder that works and has seen nothing answers, or what a test makes of it. */
export function aRecorder(facts: Partial<BootRecord["recorder"]> = {}): NonNullable<BootRecord["recorder"]> {
  return { armed: true, sees: "waits", seesFipsGenerator: false, recording: true, events: 0, problem: null, ...facts };
}

/** A boot of which every metric has a value. */
export function fullRecord(more: Partial<BootRecord> = {}): Diagnosed {
  const evidence: readonly Evidence[] = [
    {
      kind: "kernel",
      bootId: null,
      release: "6.12.9-200.fc41.x86_64",
      version: null,
      buildId: null,
      commandLine: null,
    },
    { kind: "supply", virtualization: { vm: "kvm", container: null } },
    fips(true),
    urandomRead(1),
    logged(1.5, { kind: "missed-warnings", count: 7 }),
    wait(2, 31.5, {
      unit: "init.scope",
      caller: aCaller("libgcrypt.so.20"),
      libraries: ["libcrypto.so.3", "libgcrypt.so.20"],
      librariesSource: "maps",
      to: 33.5,
    }),
    // Its libraries are candidates only: no metric names them.
    wait(3, 1.25, { pid: 500, unit: "sshd-keygen@rsa.service", libraries: ["libcrypto.so.3"], to: 4.25 }),
    wait(3.5, 1.5, { pid: 501, unit: "sshd-keygen@rsa.service", to: 5 }),
    wait(40, null, { pid: 600, interface: "dev-random", unit: "rngd.service" }),
    readyLine(34.25),
    logged(90, { kind: "reseed", reason: "vm-fork" }),
    loss(4, 50, 60, 12),
    { kind: "source", name: "kmsg", health: "ok", detail: null },
    { kind: "source", name: "hw-random", health: "absent", detail: null },
    { kind: "source", name: "dev-random-poll", health: "denied", detail: "EACCES" },
  ];
  return { ...diagnose(fold(emptyRecord(), evidence).record), ...more };
}

/** A record in which no field is null or empty, so that each can be compared with what describes it. */
export function recordWithEverything(): Diagnosed {
  const noted = { clock: "monotonic", seconds: 1.25 } as const;
  const line = { at: 1.5, noted, line: 7, seq: 7 };
  const moment = { line: 7, at: 1.5 };
  const remedies: readonly Remedy[] = [
    {
      id: "trust-cpu",
      text: "let the kernel credit the CPU's generator",
      command: "true",
      where: "here",
      price: { security: "the CPU's maker is trusted", processor: "none to speak of", reboot: true },
      saves: { bootSeconds: 2.25, waitSeconds: 2.25 },
    },
  ];
  const full: Wait = {
    pid: 612,
    tid: 613,
    namespacePid: 3,
    comm: "sshd-keygen",
    exe: "/usr/bin/ssh-keygen",
    commandLine: "ssh-keygen -A",
    startedAt: 1.25,
    parent: { pid: 1, comm: "systemd" },
    unit: "sshd-keygen@rsa.service",
    unitSource: "cgroup",
    container: "0123456789ab",
    caller: aCaller("libcrypto.so.3", {
      function: "RAND_bytes",
      offset: 0x1234,
      buildId: "ab",
      stack: [
        {
          file: "/usr/lib64/libcrypto.so.3",
          function: "RAND_bytes",
          offset: 0x1234,
          buildId: "ab",
          byFramePointer: false,
        },
      ],
      request: { syscall: "getrandom", bytes: 48, flags: 0 },
    }),
    libraries: ["libcrypto.so.3"],
    librariesSource: "maps",
    runtime: "python3",
    fips: false,
    fipsWhy: "neither the kernel nor a library is in FIPS mode",
    interface: "getrandom",
    interfaceSeen: true,
    generator: "crng",
    times: 1,
    polls: false,
    request: { syscall: "getrandom", bytes: 48, flags: 0 },
    program: { from: 1.5, until: 5 },
    userStack: ["/usr/lib64/libc.so.6+0x1234"],
    gatheredJitter: true,
    from: 2,
    notBefore: 1.75,
    seenAt: 4,
    to: 4.25,
    ended: "returned",
    endShown: true,
    errorSeconds: 0.25,
    seconds: 2.25,
    evidence: "live",
    line: 9,
  };
  const known = fullRecord({
    file: "boot.log",
    bootId: "0d7f2b4a-0000-4000-8000-000000000001",
    kernel: { release: "6.12.9", version: "#1 SMP", buildId: "cd", commandLine: "ro quiet" },
    earlyInit: line,
    earlyUses: [{ ...line, kind: "urandom-low-entropy", name: "dracut", bytes: 32, bits: 12 }],
    waits: [full],
    suspects: [{ unit: "sshd.service", exe: "/usr/sbin/sshd", libraries: ["libcrypto.so.3"], why: "it links OpenSSL" }],
    recorder: aRecorder({ problem: "its probes were switched off" }),
    reseeds: [{ ...line, reason: "vm-fork" }],
    covers: {
      firstLine: 1,
      lastLine: 900,
      firstAt: 0,
      lastAt: 90,
      fromStart: true,
      stamps: "printk",
      marksRecords: false,
      wall: {
        resolution: 1,
        sinceWriter: true,
        shows: "date",
        zone: "Z",
        adjusted: "ahead",
        first: "2016-03-22T18:17:17Z",
        began: { notBefore: "2016-03-22T18:17:17Z", notAfter: "2016-03-22T18:17:18Z" },
      },
      forged: { count: 1, line: 9, text: "random: crng init done" },
    },
    anomalies: [{ id: "ready-lines-differ", detail: "two lines differ" }],
    host: {
      distribution: "Fedora",
      hardware: "KVM",
      processor: "x86",
      memoryBytes: 1 << 30,
      bootedAt: "2026-03-01T12:00:00Z",
    },
    generators: {
      processes: [
        { pid: 700, comm: "nginx", unit: "nginx.service", container: "ab", startedAt: 3.5, generators: ["OpenSSL"] },
      ],
      unreadable: 2,
    },
    platform: {
      distribution: { id: "fedora", like: ["rhel"], name: "Fedora Linux 41" },
      commandLineTool: { backEnd: "grubby", command: "grubby", file: "/etc/default/grub" },
    },
    self: {
      pid: 700,
      nonblocking: true,
      startedAt: 1.25,
      runningAt: 1.5,
      capabilities: { left: ["CAP_SYSLOG"], problem: "EPERM" },
    },
  });
  return {
    ...known,
    readiness: {
      ...known.readiness,
      byWallClock: { since: "writer-start", notBefore: 6, notAfter: 8 },
      wall: { notBefore: "2016-03-22T18:17:23Z", notAfter: "2016-03-22T18:17:25Z" },
      readyAt: 34.25,
      notBefore: 34.25,
      notAfter: 34.25,
      line: 12,
      noted,
      basis: { notBefore: "the log", notAfter: "the log", cause: "a trace" },
    },
    verdict: {
      crng: "cause",
      strength: "shown",
      rule: "recorded-wait",
      sentence: "Blocked on the CRNG: sshd-keygen waited 2.250 s",
      because: [{ text: "it waited", line: 9 }],
      waiters: [{ name: "sshd-keygen", line: 9, seconds: 2.25 }],
      lookAt: [{ line: 9, kind: "unit-unfinished", text: "sshd-keygen started and did not finish" }],
      remedies,
    },
    findings: [{ id: "a-finding", severity: "warning", summary: "in short", detail: "at length", remedies }],
    course: {
      clock: "printk",
      logLines: 900,
      userSpace: moment,
      ready: {
        ready: moment,
        before: { ...moment, byProgram: true, text: "sshd: key" },
        ownLinesBefore: 1,
        programBefore: { ...moment, text: "systemd[1]: Started a unit." },
        after: { ...moment, byProgram: false, text: "eth0: up" },
        programAfter: moment,
        soonAfter: 3,
        programQuiet: 1.25,
        stepBefore: { ...moment, text: "Starting sshd ..." },
        consoleAfter: 1,
        consoleNext: { ...moment, text: "sshd: ready" },
        consoleBefore: 2,
        workBefore: 9,
        workAfter: 12,
        workAsks: true,
        pace: 0.25,
        finishedBefore: 2,
        openUnits: ["sshd-keygen@rsa.service"],
        released: ["sshd-keygen@rsa.service"],
        beforeUserSpace: false,
        userSpaceAfter: true,
        kernelStartsAfter: false,
        linesBefore: 10,
        linesAfter: 20,
      },
      longestSilence: { from: moment, to: moment },
      last: { ...moment, text: "login:" },
      refusedLine: 5,
      crngWaiter: { line: 40, at: 1.5 },
      fipsLine: 6,
      seedTook: 1.5,
      seedDone: moment,
      quickUnits: { line: 3, unit: "example-fan.service", seconds: 2.5 },
      entropyDaemon: { line: 8, at: 2.5, name: "rngd" },
      over: { ...moment, text: "the console had its login prompt" },
      otherWait: { line: 9, unit: "dev-sdb1.device", awaits: "device", seconds: 30.5 },
      hangAfterReady: { ...moment, text: "it stays there for hours" },
      slept: moment,
      newestFirst: false,
      interleaved: false,
    },
    signs: [
      {
        kind: "unit-failed",
        gravity: "breaks",
        line: 9,
        at: 1.5,
        text: "a unit failed",
        name: "a.service",
        inRandomCode: false,
        byTimeout: false,
      },
    ],
    reportedWaits: [
      {
        by: "own-words",
        name: "sshd-keygen",
        line: 9,
        at: 1.5,
        seconds: 2.25,
        open: false,
        proof: "shown",
        text: "waiting for entropy",
      },
    ],
    units: {
      initrdAt: 1.5,
      userspaceAt: 2.5,
      finishedAt: 9.5,
      units: [{ name: "a.service", startedAt: 3.5, doneAt: 4.5, after: ["b.service"] }],
      silences: [
        {
          from: { at: 3.75, by: "kernel", text: "a disk" },
          to: { at: 9.25, by: "systemd", text: "Started a.service" },
        },
      ],
    },
    correctedBoot: {
      finishedAt: 9.5,
      withoutWaitsAt: 7.25,
      firstProcessSeconds: 0.5,
      delayed: [{ name: "a.service", ownSeconds: 2.25, heldSeconds: 0.5, behind: "b.service" }],
      chain: [{ name: "a.service", startedAt: 3.5, doneAt: 4.5 }],
      chainWithoutWaits: [{ name: "a.service", startedAt: 3.5, doneAt: 4.25 }],
    },
    callers: { wouldWait: false, reason: "early-is-enough", getrandom: false, devRandom: false },
    gaps: [{ source: "log", from: 50.5, to: 60.5, lost: 12 }],
    supply: {
      cpu: { rdrand: true, rdseed: false, other: "rng", trusted: true, why: "the command line says so" },
      hwRandom: { current: "virtio_rng.0", available: ["virtio_rng.0"], quality: 1024, virtio: true },
      bootloader: { via: "EFI", efi: true, trusted: true, why: "the kernel's configuration says so" },
      seedFile: { path: "/var/lib/systemd/random-seed", present: true, bytes: 32, credited: false },
      virtualization: { vm: "kvm", container: "podman" },
    },
    observed: {
      readyLines: [{ ...line, pool: "crng", trusting: "cpu" }],
      earlyInits: [line],
      missed: [{ ...line, count: 7 }],
      commandLineEcho: line,
      loggedFips: true,
      fipsAsked: true,
      machine: { hardware: "QEMU Standard PC", hypervisor: "kvm", deviceTree: false, architecture: "arm" },
      notes: [{ ...line, note: "cpu-rng-problem", text: "RDRAND gives funky smelling output" }],
      fips: {
        kernel: true,
        hook: false,
        commandLine: true,
        systemFips: true,
        cryptoPolicy: "FIPS",
        dracutFips: true,
      },
      probe: { lastWouldWait: 34, firstReturned: 34.5, unsupported: false },
      pool: {
        poolBits: 256,
        readWakeupBits: 64,
        latest: { at: 35, bits: 256 },
        lastBelow: { at: 34, bits: 250 },
        firstEarly: { at: 20, bits: 128 },
        firstFull: { at: 34.5, bits: 256 },
        curve: [
          { at: 20, bits: 128 },
          { at: 34.5, bits: 256 },
        ],
      },
      log: [{ firstSeq: 1, firstAt: 0, lastSeq: 900, lastAt: 90, readAt: 91 }],
      losses: [{ source: "log", from: 50.5, to: 60.5, lost: 12, line: 44 }],
      calls: [full],
      waitsWatched: true,
      credits: [
        {
          source: "jitter",
          bits: 256,
          times: 3,
          firstAt: 2.5,
          lastAt: 34.25,
          function: "try_to_generate_entropy",
          task: { pid: 612, comm: "sshd-keygen" },
        },
      ],
    },
  };
}

/** Waits of tasks with hostile names, each in units, libraries and interfaces of its own. */
export function hostileWaits(count = hostileNames.length): readonly Wait[] {
  return Array.from({ length: count }, (_, index) => {
    const name = hostileNames[index % hostileNames.length] as string;
    return wait(1, index + 1, {
      pid: index,
      unit: `${name}${index}`,
      caller: aCaller(name, {
        function: name,
        stack: [{ file: name, function: name, offset: 1, buildId: null, byFramePointer: false }],
      }),
      libraries: [name],
      librariesSource: "maps",
      to: index + 2,
    }).wait;
  });
}
