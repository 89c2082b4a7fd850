import { describe, expect, it } from "vitest";
import type { LogLine } from "../../../../src/parse/log/line/log-line.ts";
import { parseLogLine } from "../../../../src/parse/log/line/parse-log-line.ts";
import { parseKernelMessage } from "../../../../src/parse/kernel-log/kernel-messages.ts";
import { bootIn, bootsInPieces, stamp } from "../reading-logs.ts";

const message = "random: crng init done";
const plain = `[    7.284424] ${message}`;

/** What the prefixes are to say; `wall` as a date, to the millisecond. */
type Parts = Partial<Omit<LogLine, "wall" | "wallForm" | "indent"> & { readonly wall: string }>;

function partsOf(raw: string): Parts {
  const { wall, wallForm: _form, indent: _indent, column: _column, task: _task, ...line } = parseLogLine(raw);
  const said = Object.entries({
    ...line,
    ...(wall === null ? {} : { wall: new Date(Math.round(wall * 1000)).toISOString().replace(".000Z", "Z") }),
  });
  return Object.fromEntries(said.filter(([, value]) => value !== null && value !== "unsaid" && value !== false));
}

const at = 7.284424;
const kernel = "kernel" as const;
type Form = readonly [raw: string, partsOf: Omit<Parts, "text">];

describe.each<[where: string, forms: readonly Form[]]>([
  [
    "dmesg and a console",
    [
      [plain, { at }],
      ["[7.284424] random: crng init done", { at }],
      ["[ 7.284424] random: crng init done", { at }],
      ["[    7.284424]random: crng init done", { at }],
      ["[123456.284424] random: crng init done", { at: 123_456.284424 }],
      ["[    0.000000] random: crng init done", { at: 0 }],
      ["<5>[    7.284424] random: crng init done", { at }],
      ["[    7.284424] <5>random: crng init done", { at }],
      ["<5>random: crng init done", {}],
      ["random: crng init done", {}],
      ["kern  :notice: [    7.284424] random: crng init done", { at }],
      ["kern  :warn  : [    7.284424] random: crng init done", { at }],
      ["[    7.284424 <    0.000012>] random: crng init done", { at }],
      ["[    7.284424 <+0.000012 >] random: crng init done", { at }],
      ["[  +0.000012] random: crng init done", {}],
      ["[<    0.000012>] random: crng init done", {}],
      ["[Mar22 18:17] random: crng init done", {}],
      ["[Feb 3 12:32] random: crng init done", {}],
      ["[Fri Feb  3 12:32:49 2023] random: crng init done", { wall: "2023-02-03T12:32:49Z" }],
      ["[Fri Feb  3 12:32:49 2023 <    0.000012>] random: crng init done", { wall: "2023-02-03T12:32:49Z" }],
      ["kern  :notice: [Fri Feb  3 12:32:49 2023] random: crng init done", { wall: "2023-02-03T12:32:49Z" }],
      ["[vendr. févr.  3 12:32:49 2023] random: crng init done", { wall: "2023-02-03T12:32:49Z" }],
      ["[2023/02/03 9:32:49] random: crng init done", { wall: "2023-02-03T09:32:49Z" }],
      [
        "[2023.2.3 12:32:49.25] [    7.512345] random: crng init done",
        { wall: "2023-02-03T12:32:49.250Z", at: 7.512345 },
      ],
      ["[Fr Feb  3 12:32:49 2023] random: crng init done", { wall: "2023-02-03T12:32:49Z" }],
      ["[ven. 3 févr. 2023 12:32:49] random: crng init done", { wall: "2023-02-03T12:32:49Z" }],
      ["[金  2月  3 12:32:49 2023] random: crng init done", { wall: "2023-02-03T12:32:49Z" }],
      ["2023-02-03T12:32:49,701685-05:00 random: crng init done", { wall: "2023-02-03T17:32:49.702Z" }],
      ["2023-02-03T12:32:49,701685+0000 random: crng init done", { wall: "2023-02-03T12:32:49.702Z" }],
    ],
  ],
  [
    "/dev/kmsg and netconsole",
    [
      ["5,391,7284424,-;random: crng init done", { origin: kernel, at, seq: 391, marked: true }],
      ["5,391,7284424,-,caller=T1;random: crng init done", { origin: kernel, at, seq: 391, marked: true }],
      ["5,391,7284424,-,ncfrag=0/22;random: crng init done", { origin: kernel, at, seq: 391, marked: true }],
      [String.raw`5,391,7284424,-;random: crng\x20init done`, { origin: kernel, at, seq: 391, marked: true }],
    ],
  ],
  [
    "a kernel that says who printed, or a vendor's",
    [
      ["[    7.284424][    T1] random: crng init done", { at }],
      ["[    7.284424] [    T1] random: crng init done", { at }],
      ["[    7.284424] [   C12] random: crng init done", { at }],
      ["[    7.284424][T0@C1] random: crng init done", { at }],
      ["<5>[    7.284424][    T1] random: crng init done", { at }],
      ["[    7.284424]  [0:      swapper/0:    1] random: crng init done", { at }],
      ["<5>[    7.284424]  [0:  swapper/0:    1] [c0] random: crng init done", { at }],
      ["[    7.284424]c0      1 random: crng init done", { at }],
      ["[    7.284424] (0)[1:swapper/0]random: crng init done", { at }],
      ["[    7.284424]  (1)[1:swapper/0]random: crng init done", { at }],
      ["<5>[    7.284424] -(0)[1:swapper/0]random: crng init done", { at }],
      ["[    7.284424] <0>.(0)[1:swapper/0]random: crng init done", { at }],
      ["[    7.284424] (CPU:0-pid:1:swapper/0) random: crng init done", { at }],
      ["<5>[    7.284424s][pid:1,cpu4,swapper/0]random: crng init done", { at }],
      ["[    7.284424] [    7.284419]@0 random: crng init done", { at }],
      ["[    7.284424] [20190412_08:10:39.075309]@3 random: crng init done", { at }],
      ["[    7.284424@0] random: crng init done", { at }],
      ["[    7.284424@0]-  random: crng init done", { at }],
      ["[    7.284424@1]d  random: crng init done", { at }],
    ],
  ],
  [
    "syslog",
    [
      [
        "Mar 22 18:17:17 host kernel: [    7.284424] random: crng init done",
        { origin: kernel, at, wall: "2000-03-22T18:17:17Z" },
      ],
      ["Mar 22 18:17:17 host kernel: random: crng init done", { origin: kernel, wall: "2000-03-22T18:17:17Z" }],
      ["Mar  2 18:17:17 host kernel: random: crng init done", { origin: kernel, wall: "2000-03-02T18:17:17Z" }],
      [
        "Mar 22 18:17:17 host kernel: [    7.284424] [    T1] random: crng init done",
        { origin: kernel, at, wall: "2000-03-22T18:17:17Z" },
      ],
      [
        "Mar 22 18:17:17 host kernel: <5>[    7.284424] random: crng init done",
        { origin: kernel, at, wall: "2000-03-22T18:17:17Z" },
      ],
      ["Mar 22 18:17:17 192.168.1.1 kernel: random: crng init done", { origin: kernel, wall: "2000-03-22T18:17:17Z" }],
      ["Mar 22 18:17:17 fe80::1 kernel: random: crng init done", { origin: kernel, wall: "2000-03-22T18:17:17Z" }],
      ["Mar 22 18:17:17 HOST kernel: random: crng init done", { origin: kernel, wall: "2000-03-22T18:17:17Z" }],
      [
        "Mar 22 18:17:17 kernel: [    7.284424] random: crng init done",
        { origin: kernel, at, wall: "2000-03-22T18:17:17Z" },
      ],
      [
        "Mar 22 18:17:17 host user.notice kernel: [    7.284424] random: crng init done",
        { origin: kernel, at, wall: "2000-03-22T18:17:17Z" },
      ],
      [
        "Mar 22 18:17:17 host kern.notice kernel: [    7.284424] random: crng init done",
        { origin: kernel, at, wall: "2000-03-22T18:17:17Z" },
      ],
      [
        "Thu Jan  1 00:00:10 2026 kern.warn kernel: [    7.284424] random: crng init done",
        { origin: kernel, at, wall: "2026-01-01T00:00:10Z" },
      ],
      [
        "<5>Mar 22 18:17:17 host kernel: [    7.284424] random: crng init done",
        { origin: kernel, at, wall: "2000-03-22T18:17:17Z" },
      ],
      [
        "<5>1 2003-10-11T22:14:15.003Z host kernel - - - [    7.284424] random: crng init done",
        { origin: kernel, at, wall: "2003-10-11T22:14:15.003Z" },
      ],
      [
        '<5>1 2003-10-11T22:14:15.003Z host kernel - - [meta sequenceId="3"] random: crng init done',
        { origin: kernel, wall: "2003-10-11T22:14:15.003Z" },
      ],
      [
        "2023-02-03T12:32:49.701691-05:00 HOST kernel: [    7.284424] random: crng init done",
        { origin: kernel, at, wall: "2023-02-03T17:32:49.702Z" },
      ],
      [
        "2023-02-03T12:32:49.701691Z HOST kernel: random: crng init done",
        { origin: kernel, wall: "2023-02-03T12:32:49.702Z" },
      ],
      ["2023-02-03 12:32:49 HOST kernel: random: crng init done", { origin: kernel, wall: "2023-02-03T12:32:49Z" }],
      ["22. März 18:17:17 host kernel: random: crng init done", { origin: kernel, wall: "2000-03-22T18:17:17Z" }],
      ["3月 22 18:17:17 host kernel: random: crng init done", { origin: kernel, wall: "2000-03-22T18:17:17Z" }],
    ],
  ],
  [
    "journalctl",
    [
      [
        "Mar 22 18:17:17.592123 host kernel: random: crng init done",
        { origin: kernel, wall: "2000-03-22T18:17:17.592Z" },
      ],
      [
        "2023-02-03T12:32:49-0500 HOST kernel: random: crng init done",
        { origin: kernel, wall: "2023-02-03T17:32:49Z" },
      ],
      [
        "Tue 2016-03-22 18:17:17 UTC host kernel: random: crng init done",
        { origin: kernel, wall: "2016-03-22T18:17:17Z" },
      ],
      [
        "Tue 2016-03-22 18:17:17 CEST host kernel: random: crng init done",
        { origin: kernel, wall: "2016-03-22T18:17:17Z" },
      ],
      ["1458685037.592123 host kernel: random: crng init done", { origin: kernel, wall: "2016-03-22T22:17:17.592Z" }],
      ["[    7.284424] host kernel: random: crng init done", { origin: kernel, storedAt: at }],
      ["[    7.284424 <    0.000012 >] host kernel: random: crng init done", { origin: kernel, storedAt: at }],
      ["kernel: random: crng init done", { origin: kernel }],
    ],
  ],
  [
    "Android, ChromeOS and Anaconda",
    [
      [
        "02-19 13:54:36.583     0     0 I random  : crng init done",
        { origin: kernel, wall: "2000-02-19T13:54:36.583Z" },
      ],
      [
        "2024-02-19 13:54:36.583  root     0     0 I random  : crng init done",
        { origin: kernel, wall: "2024-02-19T13:54:36.583Z" },
      ],
      [
        "2024-02-19 13:54:36.583     0     0 I         : random: crng init done",
        { origin: kernel, wall: "2024-02-19T13:54:36.583Z" },
      ],
      ["02-19 13:54:36.583 I/random  (    0): crng init done", { origin: kernel, wall: "2000-02-19T13:54:36.583Z" }],
      ["I/random  (    0): crng init done", { origin: kernel }],
      ["03:09:07,531 NOTICE kernel:random: crng init done", { origin: kernel, wall: "2000-01-01T03:09:07.531Z" }],
      [
        "2023-02-03 12:32:49.701 NOTICE kernel: [    7.284424] random: crng init done",
        { origin: kernel, at, wall: "2023-02-03T12:32:49.701Z" },
      ],
      [
        "Nov  4 03:01:32.807000 sw1 NOTICE kernel: [    7.284424] random: crng init done",
        { origin: kernel, at, wall: "2000-11-04T03:01:32.807Z" },
      ],
    ],
  ],
  [
    "who captured it: terminal programs, mail, web pages, grep",
    [
      ["[2020-05-18 10:56:27.123] [    7.284424] random: crng init done", { at, wall: "2020-05-18T10:56:27.123Z" }],
      ["[10:56:27.123] [    7.284424] random: crng init done", { at, wall: "2000-01-01T10:56:27.123Z" }],
      ["[10:56:27] random: crng init done", { wall: "2000-01-01T10:56:27Z" }],
      ["(10:56:27) [    7.284424] random: crng init done", { at, wall: "2000-01-01T10:56:27Z" }],
      ["2020-05-18T10:56:27 [    7.284424] random: crng init done", { at, wall: "2020-05-18T10:56:27Z" }],
      ["2020-05-18T10:56:27.1234567Z [    7.284424] random: crng init done", { at, wall: "2020-05-18T10:56:27.123Z" }],
      ["10:56:27.123 [    7.284424] random: crng init done", { at, wall: "2000-01-01T10:56:27.123Z" }],
      ["10:56:27 > [    7.284424] random: crng init done", { at, wall: "2000-01-01T10:56:27Z" }],
      [
        "2020-05-18T10:56:27 Mar 22 18:17:17 host kernel: random: crng init done",
        { origin: kernel, wall: "2020-05-18T10:56:27Z" },
      ],
      ["[0.000002 0.000002] [    7.284424] random: crng init done", { at }],
      ["> [    7.284424] random: crng init done", { at }],
      [">> > [    7.284424] random: crng init done", { at }],
      ["| [    7.284424] random: crng init done", { at }],
      ["\t [    7.284424] random: crng init done", { at }],
      ["\ufeff[    7.284424] random: crng init done", { at }],
      ["\0\0\0[    7.284424] random: crng init done", { at }],
      ["[    7.284424] random: crng init done \t", { at }],
      ["123: [    7.284424] random: crng init done", { at }],
      ["12:[    7.284424] random: crng init done", { at }],
      ["12-[    7.284424] random: crng init done", { at }],
      ["boot.log:[    7.284424] random: crng init done", { at }],
      ["boot.log:12:[    7.284424] random: crng init done", { at }],
      [
        "./var/log/kern.log.1:Mar 22 18:17:17 host kernel: [    7.284424] random: crng init done",
        { origin: kernel, at, wall: "2000-03-22T18:17:17Z" },
      ],
      ["<pre>[    7.284424] random: crng init done", { at }],
      ["[    7.284424] random: crng init done</pre>", { at }],
      ['<p class="log">[    7.284424] random: crng init done</p>', { at }],
      ["[    7.284424] random: crng init done<br>", { at }],
      ["&lt;5&gt;[    7.284424] random: crng init done", { at }],
      ["&#91;    7.284424] random: crng init done", { at }],
      ["[    7.284424] random: crng init done=20", { at }],
      ["\u001b[32m[    7.284424] \u001b[0m\u001b[33mrandom\u001b[0m: crng init done", { at }],
      ["\u001b]0;title\u0007\u001b[2K\u001b(B[    7.284424] random: crng init done\u001b[K", { at }],
      ["[32m[    7.284424] [0m[33mrandom: [0mcrng init done", { at }],
    ],
  ],
])("a line of %s", (_where, forms) => {
  it.each(forms)("%j", (raw, expected) => {
    expect(partsOf(raw)).toEqual({ text: message, ...expected });
  });
});

describe("what mail and web pages make of the characters", () => {
  it.each([
    [
      "[    7.284424] random: crng done (trusting CPU&#39;s manufacturer)",
      "random: crng done (trusting CPU's manufacturer)",
    ],
    [
      "[    7.284424] random: crng done (trusting CPU&apos;s manufacturer)",
      "random: crng done (trusting CPU's manufacturer)",
    ],
    [
      "[    7.284424] random: &lt;b&gt;&amp;&quot;: uninitialized urandom read (16 bytes read)",
      'random: <b>&": uninitialized urandom read (16 bytes read)',
    ],
    [
      "[    0.000000] Kernel command line: root=3D/dev/sda1 console=3DttyS0",
      "Kernel command line: root=/dev/sda1 console=ttyS0",
    ],
    ["[    0.000000] Kernel command line: root=/dev/sda1 quiet", "Kernel command line: root=/dev/sda1 quiet"],
    [
      "[    7.284424] random: gr=C3=B6=C3=9Fe=3D: uninitialized urandom read (16 bytes read)",
      "random: größe=: uninitialized urandom read (16 bytes read)",
    ],
    [
      "[    7.284424] random: crng done (trusting CPU=E2=80=99s manufacturer)=20",
      "random: crng done (trusting CPU’s manufacturer)",
    ],
  ])("%s", (raw, text) => {
    expect(parseLogLine(raw).text).toBe(text);
  });
});

describe("a line of a program, which is not the kernel's", () => {
  it("has the host's name after the journal's monotonic stamp, which is none of the kernel's", () => {
    expect(parseLogLine("[   10.205000] lab systemd[1]: Started cron.service.")).toMatchObject({
      origin: "user",
      tag: "systemd",
      at: null,
      storedAt: 10.205,
      text: "Started cron.service.",
    });
    // As PID 1 and others write to the kernel's log, and the kernel itself.
    for (const text of [
      "systemd[1]: Started cron.service.",
      "traps: sshd[12] general protection",
      "EXT4-fs (sda1): a[1]: b",
    ])
      expect(parseLogLine(`[   10.205000] ${text}`)).toMatchObject({ origin: "unsaid", at: 10.205, storedAt: null });
  });

  it.each<[raw: string, tag: string | null]>([
    ["<13>[    7.284424] random: crng init done", null],
    ["[    7.284424] <13>random: crng init done", null],
    ["user  :notice: [    7.284424] random: crng init done", null],
    ["daemon:info  : [    7.284424] random: crng init done", null],
    ["13,391,7284424,-;random: crng init done", null],
    ["Mar 22 18:17:17 host app[12]: random: crng init done", "app"],
    ["Mar 22 18:17:17 host app: [    7.284424] random: crng init done", "app"],
    ["Mar 22 18:17:17 host random: crng init done", "random"],
    ["Mar 22 18:17:17 host kernel[0]: random: crng init done", "kernel"],
    ["Mar 22 18:17:17 host app: kernel: random: crng init done", "app"],
    ["Mar 22 18:17:17 host dmesg[77]: kernel: [    7.284424] random: crng init done", "dmesg"],
    ["Mar 22 18:17:17 host app[12]: Mar 22 18:17:17 host kernel: random: crng init done", "app"],
    ["Mar 22 18:17:17 host user.notice app: random: crng init done", null],
    ["Tue 2016-03-22 18:17:17 UTC host init.scope[1]: random: crng init done", "init.scope"],
    ["2023-02-03T12:32:49.701691-05:00 host app[12]: random: crng init done", "app"],
    ["<13>1 2003-10-11T22:14:15.003Z host app 1 - - random: crng init done", null],
    ["02-19 13:54:36.583  1234  1240 I random  : crng init done", null],
    ["02-19 13:54:36.583 I/random  ( 1234): crng init done", null],
    ["I/random: crng init done", null],
  ])("%s", (raw, tag) => {
    const line = parseLogLine(raw);
    expect({ tag: line.tag, message: line.origin === "user" ? null : parseKernelMessage(line.text) }).toEqual({
      tag,
      message: null,
    });
  });

  it("is one only where it says so: an error of a disk's is the kernel's own", () => {
    expect(partsOf("[    7.284424] I/O error, dev sda, sector 0")).toEqual({
      at,
      text: "I/O error, dev sda, sector 0",
    });
  });
});

describe("a line that only looks like a message, read as a log of its own", () => {
  it.each([
    "[    7.284424] app: random: crng init done",
    "[    7.284424] systemd[1]: random: crng init done",
    "[    7.284424] host systemd[1]: random: crng init done",
    "[    7.284424] host systemd[1]: [    7.284424] random: crng init done",
    "[    7.284424] [    0.500000] random: crng init done",
    "[    7.284424] [    0.5] random: crng init done",
    '[    7.284424] audit: type=1400 comm="random: crng init done"',
    "[    7.284424] Command line: random: crng init done",
    '[    7.284424] Unknown kernel command line parameters "random: crng init done", will be passed to user space.',
    "[17293822569102704640.000000] random: crng init done",
    "[   -7.284424] random: crng init done",
    "[        NaN] random: crng init done",
    "[    7.284424 random: crng init done",
    "crng init done",
    "# random: crng init done",
    "$ dmesg | grep 'random: crng init done'",
    "Mar 22 18:17:17 host my app: random: crng init done",
    "Mar 22 18:17:17 HOST app[12]: random: crng init done",
    "Mar 22 18:17:17 HOST app: note: [    7.284424] random: crng init done",
    "Mar 22 18:17:17 host kernel: INFO: random: crng init done",
    "Mar 22 18:17:17 app[12]: random: crng init done",
    "Mar 22 18:17:17 app[12]: [    7.284424] random: crng init done",
    "4294967301,391,7284424,-;random: crng init done",
  ])("%s", (raw) => {
    expect(bootIn(`${raw}\n`)).toMatchObject({ readiness: { level: "unknown" }, observed: { readyLines: [] } });
  });
});

describe("a message that a console put into a line of another's, read as a log of its own", () => {
  it.each([
    "* [    7.284424] random: crng init done",
    "- [    7.284424] random: crng init done",
    "  12\t[    7.284424] random: crng init done",
    "root@host:~# [    7.284424] random: crng init done",
    "Star[    7.284424] random: crng init done",
    "[  OK  ] Started[    7.284424] random: crng init done",
    "(XEN) [    7.284424] random: crng init done",
    '{"log":"[    7.284424] random: crng init done\\n","stream":"stdout"}',
    '- {"dt": "2020-05-18T10:56:27", "lvl": "target", "msg": "[    7.284424] random: crng init done"}',
    "[    7.284424] random: crng init done[    7.290000] random: 7 urandom warning(s) missed due to ratelimiting",
    "<5>[    7.284424] random: crng init done<5>[    7.290000] random: 7 urandom warning(s) missed due to ratelimiting",
  ])("%s", (raw) => {
    expect(bootIn(`${raw}\n`).readiness).toMatchObject({ level: "ready", readyAt: at, exact: true, line: 1 });
  });
});

describe("a message that a person or a program put into another text, read as a log of its own", () => {
  it.each([
    "`[    7.284424] random: crng init done`",
    '"[    7.284424] random: crng init done"',
    '"[    7.284424] random: crng init done",',
    "the line '[    7.284424] random: crng init done' is there",
    "we see “[    7.284424] random: crng init done”",
    "(see [    7.284424] random: crng init done)",
    String.raw`[    7.284424] random: crng init done\n`,
    "    7.284424] random: crng init done",
    "[    7.284424] random: crng init done  <- here it hangs",
    "[    7.284424] random: crng init done.",
    "[    7.284424] random: crng init done, and then nothing for a minute",
    "# [    7.284424] random: crng init done     ← seven seconds",
    "It stops at the prompt (initramfs) [    7.284424] random: crng init done. Any idea?",
    "[CODE][    7.284424] random: crng init done[/CODE]",
    "[B][COLOR=#ff0000][    7.284424] random: crng init done[/COLOR][/B]",
    "{noformat}[    7.284424] random: crng init done{noformat}",
    "{{[    7.284424] random: crng init done}}",
    "**[    7.284424] random: crng init done**",
    "``[    7.284424] random: crng init done``",
    "'''[    7.284424] random: crng init done'''",
    "@[    7.284424] random: crng init done@",
    String.raw`\[    7.284424\] random: crng init done`,
    "<strong>[    7.284424] random: crng init done</strong>",
    "<samp>&#x5b;    7.284424&#x5D; random&colon; crng init done</samp>",
    "&amp;lt;5&amp;gt;[    7.284424] random: crng init done",
    "[guest0/uart0] [    7.284424] random: crng init done",
    "vm-1  | [    7.284424] random: crng init done",
    "[K[    7.284424] random: crng init done",
    "M[K[K[    7.284424] random: crng init done",
    "JD> [    7.284424] random: crng init done",
    "<jdoe> [    7.284424] random: crng init done",
    "2024-01-02T03:04:05.123456789Z stdout F [    7.284424] random: crng init done",
    "2024-01-02T03:04:05.123456789Z [console] [    7.284424] random: crng init done",
    'time="2024-01-02T03:04:05Z" level=debug msg="reading console" pid=7 vmconsole="[    7.284424] random: crng init done"',
    'Jan 02 03:04:05 host1 kata[3170169]: vm console: "[    7.284424] random: crng init done"',
    "Jan 02 03:04:05 host1 qemu-guest1[317]: [    7.284424] random: crng init done",
    String.raw`"Output": "[    1.000000] usb 1-1: new device\r\n[    7.284424] random: crng init done\r\n",`,
    "[    7.284424 / 01-02 03:04:05.123] random: crng init done",
  ])("%s", (raw) => {
    expect(bootIn(`${raw}\n`).readiness).toMatchObject({ level: "ready", readyAt: at, exact: true, line: 1 });
  });

  it.each([
    "[ttyS0] random: crng init done",
    "`random: crng init done`",
    "random: crng init done  <- here it hangs",
    "10.5.0.3: kern:  notice: [2022-07-28T11:49:44.873619063Z]: random: crng init done",
  ])("%s: has no stamp of the kernel's", (raw) => {
    expect(bootIn(`${raw}\n`).readiness).toMatchObject({ level: "ready", readyAt: null, exact: false, line: 1 });
  });

  it.each([
    'time="2024-01-02T03:04:05Z" level=debug vmconsole="[    7.284424] random: crng init done"',
    "He found '[    7.284424] random: crng init done'.",
    "[    7.284424] random: crng init done, as my other machine says",
  ])("%s: is another machine's, or talk, in the log of a kernel", (raw) => {
    const own = (seconds: number): string => `${stamp(seconds)} usb 1-1: new device\n`;
    for (const text of [`${own(0.5)}${raw}\n`, `${raw}\n${own(8)}`])
      expect(
        bootsInPieces(text).map(({ readiness }) => readiness.level),
        text,
      ).not.toContain("ready");
  });
});

describe("a stamp that was typed, rounded or masked", () => {
  it.each<[raw: string, near: number]>([
    ["[    7.28] random: crng init done", 7.28],
    ["[    7.28442] random: crng init done", 7.28442],
    ["[    7,284424] random: crng init done", 7.284424],
    ["[    7.] random: crng init done", 7],
    ["[7.28] random: crng init done", 7.28],
    ["[7.284xxx] random: crng init done", 7.284],
    ["[    7.284424] random: crng  init done", 7.284424],
    ["[    7.284424] randon: crng init done", 7.284424],
    ["[    7.284424] random: cmg init done", 7.284424],
    ["[    7.284424] random: crng init d0ne", 7.284424],
    ["[    7.284424] random: crng iint done", 7.284424],
  ])("%s: is near the moment, and no more is known", (raw, near) => {
    expect(bootIn(`${raw}\n`).readiness).toMatchObject({
      level: "ready",
      readyAt: near,
      exact: false,
      notAfter: null,
      noted: { clock: "typed", seconds: near },
    });
  });

  it.each([
    "[    7.284424] random: crng init tone of",
    "[    7.284424] prandom: crng init done",
    "[    7.284424] random: ring init done",
    "[12] random thoughts: crng init done",
    "[7.28] see the talk about random: crng init done",
  ])("%s: is another text", (raw) => {
    expect(bootIn(`${raw}\n`).readiness.level).toBe("unknown");
  });
});

describe("parseLogLine", () => {
  it("shows where in the whole line the text begins, and how far the line is set in", () => {
    const placed = (raw: string): readonly [number, number, string] => {
      const { indent, column, text } = parseLogLine(raw);
      return [indent, column, text];
    };
    expect(placed("hello")).toEqual([0, 0, "hello"]);
    expect(placed("    hello")).toEqual([4, 4, "hello"]);
    expect(placed(`${stamp(7.284424)}   hello `)).toEqual([0, 17, "hello"]);
    expect(placed(`  ${stamp(7.284424)} hello`)).toEqual([2, 17, "hello"]);
    expect(placed(`Mar 22 18:17:17 host kernel: ${stamp(7.284424)} hello`)).toEqual([0, 44, "hello"]);
  });

  it("removes each prefix once: a second priority or stamp is text", () => {
    expect(parseLogLine(`<6>${stamp(7.284424)} ${stamp(9)} hello`)).toMatchObject({
      at: 7.284424,
      text: "[    9.000000] hello",
    });
    expect(parseLogLine("kern.notice kern.notice hello")).toMatchObject({ text: "kern.notice hello" });
    expect(parseLogLine("stdout F stdout F hello").text).toBe("stdout F hello");
  });

  it.each(["Çar Feb  3 12:32:49 2023", "Čt Feb  3 12:32:49 2023"])(
    "reads a stamp whose first letter is beyond ASCII: %s",
    (written) => {
      expect(parseLogLine(`${written} host kernel: hello`)).toMatchObject({
        origin: "kernel",
        wall: Date.UTC(2023, 1, 3, 12, 32, 49) / 1000,
        text: "hello",
      });
    },
  );

  it("removes the printer's name as often as it is there", () => {
    expect(parseLogLine(`${stamp(7.284424)}[    T1] (0)[1:swapper/0]hello`).text).toBe("hello");
  });
});

describe("parseLogLine: the task that printed", () => {
  const task = (prefix: string) => parseLogLine(`${stamp(7.284424)}${prefix} hello`).task;

  it("is known by its number and name, in whichever form a kernel prints them", () => {
    expect(task("[  T432]")).toEqual({ pid: 432, comm: null });
    expect(task("  [2:       recovery:  432]")).toEqual({ pid: 432, comm: "recovery" });
    expect(task(" [1:    Binder:99_2:  512]")).toEqual({ pid: 512, comm: "Binder:99_2" });
    expect(task("  (6)[1:init]")).toEqual({ pid: 1, comm: "init" });
    expect(task(" (CPU:0-pid:1:init)")).toEqual({ pid: 1, comm: "init" });
    expect(task("[pid:1,cpu4,init]")).toEqual({ pid: 1, comm: "init" });
  });

  it("is the kernel's in logcat too, which shows its number a second time", () => {
    const line = (pid: number, text: string) => parseLogLine(`05-26 20:26:47.216 ${pid} ${pid} I ${text}`);
    expect(line(171, "(7)[171:hwrng]random: crng init done")).toMatchObject({
      origin: "kernel",
      text: "random: crng init done",
      task: { pid: 171, comm: "hwrng" },
    });
    expect(line(1, "        : (7)[1:swapper/0]brd: module loaded")).toMatchObject({
      origin: "kernel",
      task: { pid: 1 },
    });
    // Another's number: a program that prints such text.
    expect(line(12, "(7)[171:hwrng]random: crng init done")).toMatchObject({ origin: "user" });
    expect(line(171, "(7)random: crng init done")).toMatchObject({ origin: "user" });
  });

  it("is not the one that an interrupt stopped, nor a processor", () => {
    expect(task(" I[0:           init:    1]")).toBeUndefined();
    expect(task("[   C12]")).toBeUndefined();
    expect(task(" (6)")).toBeUndefined();
    expect(task("")).toBeUndefined();
  });
});

describe("kernelPartWithin: what is in quotation marks", () => {
  it("is a whole line as one of a list, and a field of a structured log, up to the closing mark", () => {
    expect(parseLogLine('- "[    7.284424] hello"')).toMatchObject({ at: 7.284424, quoted: true, text: "hello" });
    expect(parseLogLine('{"log":"[    7.284424] hello","stream":"stdout"}')).toMatchObject({
      at: 7.284424,
      quoted: true,
      text: "hello",
    });
  });

  it("goes on after a mark that a backslash keeps from closing it", () => {
    expect(parseLogLine(String.raw`{"log":"[    7.284424] say \"x\" now","stream":"stdout"}`).text).toBe('say "x" now');
  });
});

describe("kernelPartWithin: names in front of the kernel's stamp", () => {
  const part = (front: string): number | null => parseLogLine(`${front}[    7.284424] hello`).at;

  it("are four at most, and 96 characters", () => {
    expect([part("a b c d "), part("a b c d e ")]).toEqual([7.284424, null]);
    expect([part(`${"a".repeat(95)} `), part(`${"a".repeat(96)} `)]).toEqual([7.284424, null]);
  });

  it("end with a blank or a bracket", () => {
    expect(["vm|", "vm:", "vm>", "vm)", "vm]", "vm-"].map(part)).toEqual([
      7.284424,
      7.284424,
      7.284424,
      7.284424,
      7.284424,
      null,
    ]);
  });

  it("are within the line's first 400 characters", () => {
    const within = (length: number): number | null => part('{"log":"'.padStart(length, "x "));
    expect([within(400), within(401)]).toEqual([7.284424, null]);
  });
});

describe("what systemd's display of fsck leaves behind a shorter line of a console", () => {
  it.each([
    ["[   27.284424] random: crng init done complete)", "random: crng init done"],
    ["[   27.28442] random: crng init done% complete)", "random: crng init done"],
    ["[  OK  ] Started Example Device Manager.plete)", "[  OK  ] Started Example Device Manager."],
    ["[  OK  ] Started Example Kernel Manager.omplete)", "[  OK  ] Started Example Kernel Manager."],
    ["         Mounting Example Control FileSyst...)", "Mounting Example Control FileSyst..."],
  ])("is no part of the line: '%s'", (raw, text) => {
    expect(parseLogLine(raw).text).toBe(text);
  });

  it.each([
    ["its own bracket", "[  OK  ] Started Example Devices (all complete)"],
    ["a shorter line", "[  OK  ] Started Example complete)"],
    ["a longer line", "[  OK  ] Started Example Device Manager of all complete)"],
    ["another word", "[  OK  ] Started Example Device Manager absent)"],
  ])("leaves the line as it is: %s", (_why, raw) => {
    expect(parseLogLine(raw).text).toBe(raw);
  });
});

it("leaves out Markdown's code and emphasis in front of dmesg's wall clock", () => {
  const line = "[Sat Jun  1 17:40:26 2019] INFO: task example:7143 blocked for more than 120 seconds.";
  expect(parseLogLine(`\`${line}`).text).toBe(parseLogLine(line).text);
  expect(parseLogLine("`[Sat the 1st] of June").text).toBe("`[Sat the 1st] of June");
});
