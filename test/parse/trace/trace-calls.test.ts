import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { askerOf } from "../../../src/parse/trace/request-fingerprint.ts";
import { parseTraceLine, parseTraceMark } from "../../../src/parse/trace/trace-line.ts";
import { readTrace } from "./reading-traces.ts";
import { anyText } from "../../support/inputs/any-text.ts";

const markOf = (text: string): unknown => {
  const line = parseTraceLine(`            gpgv-58      [000] .....     3.000001: ${text}`);
  return line?.kind === "event" ? parseTraceMark(line) : null;
};

describe("a call of getrandom(2) in a trace", () => {
  it.each([
    ["4.4 to 5.4", "sys_getrandom(buf: 7ffde0be2150, count: 18, flags: 0)", 24, 0],
    ["4.15 with the rewrite, to 6.17", "sys_getrandom(ubuf: 7ffc22fdb6a0, len: 10, flags: 1)", 16, 1],
    ["the same", "sys_getrandom(ubuf: 7ffc22fdb6a0, len: 20, flags: 2)", 32, 2],
    ["7.0 and later", "sys_getrandom(ubuf: 0x7ffe12e52340, len: 0x18, flags: 0)", 24, 0],
    ["7.0 and later, below ten", "sys_getrandom(ubuf: 0x4b0230, len: 8, flags: 1)", 8, 1],
    ["trace-cmd", "sys_enter_getrandom:  ubuf: 0x7ffe12e52340, len: 0x00000030, flags: 0x00000000", 48, 0],
  ])("%s: %s", (_kernels, text, bytes, flags) => {
    expect(markOf(text)).toEqual({ kind: "call-entered", request: { syscall: "getrandom", bytes, flags } });
  });

  it.each(["sys_getrandom -> 0x10", "sys_getrandom -> 0xfffffffffffffff5", "sys_exit_getrandom:   0x18"])(
    "returns: %s",
    (text) => {
      expect(markOf(text)).toEqual({ kind: "call-left" });
    },
  );

  it.each([
    "sys_getrandom(",
    "sys_getrandom(buf: 1, count: x, flags: 1)",
    "sys_getrandomize(buf: 1, count: 1, flags: 1)",
    "sys_read(fd: 3, buf: 1, count: 18)",
    "sys_read -> 0x1",
    "x sys_getrandom(buf: 1, count: 1, flags: 1)",
  ])("is not %j", (text) => {
    expect(markOf(text)).toBeNull();
  });
});

describe("a call and its wait", () => {
  const asks =
    "            gpgv-58      [000] .....     3.000001: sys_getrandom(ubuf: 7ffc22fdb6a0, len: 18, flags: 0)\n";
  const enters = "            gpgv-58      [000] .....     3.000005: wait: (wait_for_random_bytes+0x0/0x50)\n";
  const leaves =
    "            gpgv-58      [000] .....     4.500005: waited: (__x64_sys_getrandom+0xb7/0xe0 <- wait_for_random_bytes)\n";
  const returns = "            gpgv-58      [000] .....     4.500010: sys_getrandom -> 0x18\n";
  const ofLibgcrypt = {
    request: { syscall: "getrandom", bytes: 24, flags: 0 },
    caller: null,
    libraries: ["libgcrypt"],
    librariesSource: "request",
    // Any program may ask for as many bytes.
    fips: null,
  };

  it("belong together, with and without the call's end", () => {
    for (const trace of [asks + enters + leaves + returns, asks + enters + leaves])
      expect(readTrace(trace).waits()).toMatchObject([
        { pid: 58, interface: "getrandom", from: 3.000005, to: 4.500005, ended: "returned", ...ofLibgcrypt },
      ]);
    expect(readTrace(asks + enters).waits()).toMatchObject([{ from: 3.000005, to: null, ended: null, ...ofLibgcrypt }]);
    // The wait's beginning went by unseen.
    expect(readTrace(asks + leaves).waits()).toMatchObject([{ from: null, to: 4.500005, ...ofLibgcrypt }]);
  });

  it.each<[what: string, between: string]>([
    ["an earlier call that returned", returns.replace("4.500010", "3.000002")],
    [
      "a later call that does not wait",
      "            gpgv-58      [000] .....     3.000002: sys_getrandom(ubuf: 0, len: 8, flags: 1)\n",
    ],
    [
      "another program's",
      "            gpgv-58      [000] .....     3.000002: sched_process_exec: filename=/bin/a pid=58 old_pid=58\n",
    ],
    [
      "another task's of that number",
      "              sh-1       [000] .....     3.000002: sched_process_fork: comm=sh pid=1 child_comm=gpgv child_pid=58\n",
    ],
  ])("is not of %s", (_what, between) => {
    expect(readTrace(asks + between + enters + leaves).waits()).toMatchObject([
      { request: null, libraries: [], librariesSource: null, fips: null },
    ]);
  });

  it("is not of another task, nor of a device that is read", () => {
    expect(readTrace(asks.replace("gpgv-58", "  sh-59") + enters + leaves).waits()).toMatchObject([{ request: null }]);
    expect(readTrace(asks + enters + leaves.replace("__x64_sys_getrandom", "random_read_iter")).waits()).toMatchObject([
      { interface: "dev-random", request: null, libraries: [] },
    ]);
    expect(readTrace(asks.replace("gpgv-58", "nosh-58") + enters + leaves).waits()).toMatchObject([{ request: null }]);
  });

  it("is one wait each, of the same task", () => {
    const again = (text: string): string => text.replace("3.00000", "5.00000").replace("4.5000", "6.5000");
    const second = again(asks).replace("len: 18", "len: 30") + again(enters) + again(leaves) + again(returns);
    expect(
      readTrace(asks + enters + leaves + returns + second)
        .waits()
        .map(({ request }) => request),
    ).toEqual([
      { syscall: "getrandom", bytes: 24, flags: 0 },
      { syscall: "getrandom", bytes: 48, flags: 0 },
    ]);
  });
});

describe("system calls alone", () => {
  /** As 4.15 printed it: one that only asked, one that waited. */
  const trace = `
# tracer: nop
#
            init-1     [000] ....     1.025352: sys_getrandom(ubuf: 4b0230, len: 8, flags: 1)
            init-1     [000] ....     1.025400: sys_getrandom -> 0xfffffffffffffff5
             gr0-81    [000] ....     1.174136: sys_getrandom(buf: 7ffde0bd3910, count: 10, flags: 0)
            init-1     [000] ....     1.180000: sys_getrandom(ubuf: 4b0230, len: 10, flags: 4)
            init-1     [000] ....     1.240000: sys_getrandom -> 0x10`;

  it("show a wait by how long a call took", () => {
    expect(
      readTrace(`${trace}\n             gr0-81    [000] ....     9.174136: sys_getrandom -> 0x10`).waits(),
    ).toMatchObject([
      {
        pid: 81,
        interface: "getrandom",
        from: 1.174136,
        to: 9.174136,
        seconds: 8,
        ended: "returned",
        request: { syscall: "getrandom", bytes: 16, flags: 0 },
      },
    ]);
    expect(
      readTrace(`${trace}\n             gr0-81    [000] ....     1.194136: sys_getrandom -> 0x10`).waits(),
    ).toEqual([]);
  });

  it("show a wait that goes on, where returns are recorded", () => {
    expect(readTrace(trace).waits()).toMatchObject([
      { pid: 81, from: 1.174136, to: null, ended: null, seenAt: 1.24, seconds: 0.065864 },
    ]);
    expect(readTrace(`${trace}\nCPU:0 [LOST 3 EVENTS]`).waits()).toEqual([]);
  });

  it("show who may have waited, where only calls are recorded, and what the task did next", () => {
    const calls = trace.replaceAll(/^.* -> .*$/gm, "");
    expect(readTrace(calls).waits()).toEqual([]);
    const may = {
      pid: 81,
      comm: "gr0",
      from: 1.174136,
      seconds: null,
      errorSeconds: null,
      request: { syscall: "getrandom", bytes: 16, flags: 0 },
    };
    expect(readTrace(calls).asks()).toMatchObject([{ ...may, to: null, ended: null }]);
    for (const next of [
      "sys_getrandom(buf: 7ffde0bd3910, count: 8, flags: 1)",
      "sched_process_exit: comm=gr0 pid=81 prio=120",
      "sched_process_exec: filename=/bin/a pid=81 old_pid=81",
    ]) {
      expect(readTrace(`${calls}\n             gr0-81    [000] ....     1.500000: ${next}`).asks()).toMatchObject([
        { ...may, to: 1.5, ended: "returned" },
      ]);
    }
    expect(readTrace(trace).asks()).toEqual([]);
  });

  it("show no wait where the probes show none", () => {
    const probed =
      "            dd-90     [000] ....     1.300000: wait: (wait_for_random_bytes+0x0/0x60)\n            dd-90     [000] ....     1.300003: waited: (random_read_iter+0x5e/0xf0 <- wait_for_random_bytes)";
    expect(
      readTrace(`${trace}\n${probed}\n             gr0-81    [000] ....     9.174136: sys_getrandom -> 0x10`).waits(),
    ).toEqual([]);
  });
});

describe("a user stack", () => {
  const trace = (frames: string): string => `
            sshd-612     [001] .....     3.000005: wait: (wait_for_random_bytes+0x0/0x50)
            sshd-612     [001] .....     3.000007: <user stack trace>
${frames}
             cat-700     [000] .....     3.100000: x: y
            sshd-612     [001] .....     4.500005: waited: (__x64_sys_getrandom+0xb7/0xe0 <- wait_for_random_bytes)
            sshd-612     [001] .....     4.500006: <user stack trace>
 => /usr/lib64/libc.so.6[+0x1]`;

  it("names the library that called", () => {
    const frames =
      " => /usr/lib64/libc.so.6[+0x7a3d1]\n => /usr/lib64/libcrypto.so.3.2.1[+0x1b2c3]\n => /usr/sbin/sshd[+0x4d1]\n =>  <00007f6fd687573d>";
    const call = "            sshd-612     [001] .....     3.000001: sys_getrandom(ubuf: 0, len: 30, flags: 0)";
    expect(readTrace(call + trace(frames)).waits()).toMatchObject([
      {
        pid: 612,
        userStack: [
          "/usr/lib64/libc.so.6[+0x7a3d1]",
          "/usr/lib64/libcrypto.so.3.2.1[+0x1b2c3]",
          "/usr/sbin/sshd[+0x4d1]",
          "<00007f6fd687573d>",
        ],
        caller: { library: "libcrypto.so.3", how: "frames", fromConstructor: null },
        libraries: ["libcrypto", "libgcrypt"],
      },
    ]);
  });

  it("names none where the request is not known, or is not like the library's: its callee may be missing", () => {
    const frames = " => /usr/lib64/libc.so.6[+0x7a3d1]\n => /usr/lib64/libcrypto.so.3.2.1[+0x1b2c3]";
    for (const call of [
      "",
      "            sshd-612     [001] .....     3.000001: sys_getrandom(ubuf: 0, len: 4d, flags: 0)",
    ]) {
      const [wait] = readTrace(call + trace(frames)).waits();
      expect(wait).toMatchObject({ pid: 612, caller: null });
      expect(wait?.userStack).toHaveLength(2);
    }
  });

  it("of addresses alone names none", () => {
    expect(readTrace(trace(" =>  <000000000043d4e9>\n =>  <00000000004033b4>")).waits()).toMatchObject([
      { userStack: ["<000000000043d4e9>", "<00000000004033b4>"], libraries: [], librariesSource: null },
    ]);
  });

  it("may stand below the call, and goes with the wait", () => {
    const call =
      "            gpgv-58      [000] .....     3.000001: sys_getrandom(ubuf: 7ffc22fdb6a0, len: 18, flags: 0)\n            gpgv-58      [000] .....     3.000002: <user stack trace>\n => /usr/lib/libgcrypt.so.20.4.1[+0x1]\n";
    const wait =
      "            gpgv-58      [000] .....     3.000005: wait: (wait_for_random_bytes+0x0/0x50)\n            gpgv-58      [000] .....     4.000005: waited: (__x64_sys_getrandom+0xb7/0xe0 <- wait_for_random_bytes)";
    expect(readTrace(call + wait).waits()).toMatchObject([
      {
        caller: { library: "libgcrypt.so.20", how: "frames", request: { syscall: "getrandom", bytes: 24, flags: 0 } },
        libraries: ["libgcrypt"],
        librariesSource: "request",
        fips: true,
        fipsWhy: "libgcrypt.so.20 requested 24 bytes with flags 0, as in FIPS mode alone",
      },
    ]);
  });

  it("is of the task that it stands below, whatever events are between, and is bounded", () => {
    const mixed = `
            sshd-612     [001] .....     3.000005: wait: (wait_for_random_bytes+0x0/0x50)
            gpgv-58      [000] .....     3.000006: wait: (wait_for_random_bytes+0x0/0x50)
            sshd-612     [001] .....     3.000007: <user stack trace>
${" => /usr/lib64/libcrypto.so.3[+0x1]\n".repeat(40)}            gpgv-58      [000] .....     3.000008: <user stack trace>
 => /usr/lib64/libgcrypt.so.20[+0x1]
            gpgv-58      [000] .....     3.000009: <stack trace>
 => wait_for_random_bytes`;
    expect(readTrace(mixed).waits()).toMatchObject([
      { pid: 612 },
      { pid: 58, userStack: ["/usr/lib64/libgcrypt.so.20[+0x1]"] },
    ]);
    expect(readTrace(mixed).waits()[0]?.userStack).toEqual(Array(16).fill("/usr/lib64/libcrypto.so.3[+0x1]"));
  });
});

it("who called is named by a stack alone, and a request gives candidates", () => {
  expect(
    askerOf(["/usr/lib64/libgcrypt.so.20.4.1 (deleted)[+0x1f]"], { syscall: "getrandom", bytes: 48, flags: 0 }),
  ).toMatchObject({
    caller: { library: "libgcrypt.so.20" },
    libraries: ["libcrypto", "libgcrypt"],
    librariesSource: "request",
  });
  expect(askerOf(["/usr/lib64/libc.so.6[+0x1f]", "/usr/bin/dd[+0x1]"], null)).toEqual({});
  expect(askerOf([], { syscall: "getrandom", bytes: 17, flags: 0 })).toEqual({});
  expect(askerOf([], { syscall: "getrandom", bytes: 24, flags: 0 })).toEqual({
    libraries: ["libgcrypt"],
    librariesSource: "request",
  });
  // OpenSSL is not shown by a request of libgcrypt's, nor its FIPS mode.
  const ofAnother = askerOf(["/usr/lib64/libcrypto.so.3[+0x1f]"], { syscall: "getrandom", bytes: 24, flags: 0 });
  expect(ofAnother).not.toHaveProperty("fips");
  expect(ofAnother).not.toHaveProperty("caller");
  fc.assert(fc.property(fc.array(anyText()), (frames) => askerOf(frames, null).libraries === undefined));
});

it.each<[what: string, frames: readonly string[]]>([
  [
    "a library further out than the program",
    ["/usr/lib64/libc.so.6[+0x1]", "/usr/sbin/sshd[+0x4]", "/lib/libcrypto.so.3[+0x1]"],
  ],
  [
    "a library further out than another",
    ["/usr/lib64/libc.so.6[+0x1]", "/lib/libkrb5.so.3[+0x4]", "/lib/libcrypto.so.3[+0x1]"],
  ],
  [
    "a library after an address that no file is known of",
    ["/lib/libc.so.6[+0x1]", "<00007f6fd687573d>", "/lib/libcrypto.so.3[+0x1]"],
  ],
])("a recorded stack does not accuse %s", (_what, frames) => {
  expect(askerOf(frames, null)).toEqual({});
});
