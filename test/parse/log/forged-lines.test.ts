import { describe, expect, it } from "vitest";
import type { BootRecord } from "../../../src/core/boot-record.ts";
import { reportText } from "../../../src/render/text/report-text.ts";
import { diagnose } from "../../../src/diagnose/findings.ts";
import { kernelMessages, parseKernelMessage } from "../../../src/parse/kernel-log/kernel-messages.ts";
import { bootsInPieces, idleLines, stamp } from "./reading-logs.ts";

/** A record of the kernel's; `text` may hold line ends. */
interface Printed {
  readonly at: number;
  readonly text: string;
}

const version = "Linux version 6.1.0 (x@y) (gcc) #1 SMP";
const boot: readonly Printed[] = [
  { at: 0, text: version },
  { at: 0.5, text: "usb 1-1: new high-speed USB device number 2" },
  { at: 1.234567, text: "EXT4-fs (sda1): mounted filesystem" },
  { at: 2.345678, text: "input: Power Button as /devices/button" },
];
const after: readonly Printed[] = [
  { at: 40.111111, text: "usb 1-2: new high-speed USB device number 3" },
  { at: 50.222222, text: "usb 1-3: new high-speed USB device number 4" },
];

/**
 * What fs_parse() prints of a mount option that nobody knows (fs/fs_parser.c); any user may mount in a namespace of its
 * own.
 */
const withOption = (option: string): Printed => ({ at: 30.123457, text: `mqueue: Unknown parameter '${option}'` });

/** Every line of a record with its stamp: syslog(2), /proc/kmsg, a console, pstore. */
const eachLine = (front: (at: number) => string) => (records: readonly Printed[]) =>
  records
    .map(({ at, text }) =>
      text
        .split("\n")
        .map((line) => `${front(at)}${line}\n`)
        .join(""),
    )
    .join("");
/** The first line with a stamp, the others below its text: dmesg, journalctl. */
const hanging = (front: (at: number) => string) => (records: readonly Printed[]) =>
  records.map(({ at, text }) => `${front(at)}${text.replaceAll("\n", `\n${" ".repeat(front(at).length)}`)}\n`).join("");
/** The first line with a stamp, the others as they are: dmesg of util-linux before 2.36. */
const raw = (front: (at: number) => string) => (records: readonly Printed[]) =>
  records.map(({ at, text }) => `${front(at)}${text}\n`).join("");
const entries = (print: (entry: Readonly<Record<string, string>>) => string) => (records: readonly Printed[]) =>
  records
    .map(({ at, text }) =>
      print({
        _TRANSPORT: "kernel",
        _BOOT_ID: "a".repeat(32),
        _SOURCE_MONOTONIC_TIMESTAMP: String(Math.round(at * 1e6)),
        __MONOTONIC_TIMESTAMP: String(Math.round(at * 1e6) + 9),
        MESSAGE: text,
      }),
    )
    .join("");
/** A field with line ends in it is written by its length (systemd.journal-export-formats). */
const exported = (entry: Readonly<Record<string, string>>): string =>
  `__CURSOR=s=1\n${Object.entries(entry)
    .map(([name, value]) => {
      if (!value.includes("\n")) return `${name}=${value}\n`;
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(Buffer.byteLength(value)));
      return `${name}\n${length.toString("latin1")}${value}\n`;
    })
    .join("")}\n`;
const wall = (at: number): string => `Mar 22 18:17:${String(Math.floor(at)).padStart(2, "0")} host kernel: `;

type Form = readonly [name: string, print: (records: readonly Printed[]) => string];

/** Formats that show where a record begins. */
const marked: readonly Form[] = [
  [
    "a copy of /dev/kmsg",
    (records) =>
      records
        .map(({ at, text }, seq) => `5,${seq},${Math.round(at * 1e6)},-;${text.replaceAll("\n", "\\x0a")}\n`)
        .join(""),
  ],
  ["the journal's export format", entries(exported)],
  ["journalctl -o json", entries((entry) => `${JSON.stringify(entry)}\n`)],
  ["journalctl -o json-pretty", entries((entry) => `${JSON.stringify(entry, null, 1)}\n`)],
];
/** Formats that set a record's further lines apart. */
const setApart: readonly Form[] = [
  ["dmesg", hanging((at) => `${stamp(at)} `)],
  ["dmesg -x", hanging((at) => `kern  :err   : ${stamp(at)} `)],
  ["dmesg of an old util-linux", raw((at) => `${stamp(at)} `)],
  ["journalctl", hanging(wall)],
  ["journalctl -o short-monotonic", hanging((at) => `${stamp(at)} host kernel: `)],
];
/** Formats in which a record's further lines look like records. */
const alike: readonly Form[] = [
  ["dmesg -S", eachLine((at) => `${stamp(at)} `)],
  ["dmesg -S -r", eachLine((at) => `<3>${stamp(at)} `)],
  ["a console with callers", eachLine((at) => `${stamp(at)}[  T312] `)],
  ["syslog by imklog", eachLine((at) => `${wall(at)}${stamp(at)} `)],
];
const withoutStamps: readonly Form[] = [
  ["syslog by imklog without the kernel's stamps", eachLine(wall)],
  ["dmesg -t", eachLine(() => "")],
];

const decides = new Set([
  "ready",
  "early-init",
  "early-use",
  "missed-warnings",
  "reseed",
  "fips-mode",
  "kernel-version",
]);
/** A message of every kind from which something follows; a command line asks for FIPS mode. */
const messages: readonly string[] = [
  ...kernelMessages
    .map(({ example }) => example)
    .filter((example) => decides.has(parseKernelMessage(example)?.kind ?? "")),
  "Kernel command line: ro fips=1",
  "crng init done",
];
const hungTask = [
  "INFO: task systemd:1 blocked for more than 122 seconds.",
  "      Not tainted 6.1.0 #1",
  "task:systemd         state:D stack:0     pid:1     ppid:0      flags:0x00000000",
  "Call Trace:",
  " <TASK>",
  " __schedule+0x2c2/0x890",
  " schedule+0x5a/0xc0",
  " wait_for_random_bytes+0x7e/0xd0",
  " __x64_sys_getrandom+0x57/0xd0",
  " do_syscall_64+0x58/0xc0",
  " entry_SYSCALL_64_after_hwframe+0x64/0xce",
  " </TASK>",
].join("\n");

/** What a reader concludes of a log, but for the lines that it did not believe. */
function story(text: string): unknown {
  return bootsInPieces(text).map(
    ({ kernel, readiness, earlyInit, earlyUses, missedWarnings, waits, reseeds, fips, course }) => ({
      kernel,
      readiness,
      earlyInit,
      earlyUses,
      missedWarnings,
      waits,
      reseeds,
      fips,
      waiter: course?.crngWaiter,
    }),
  );
}

/** The log with an option without meaning, on as many lines. */
const harmless = (option: string): string => option.replaceAll(/[^\n]+/g, "z");

describe("a message within another record of the kernel's", () => {
  const expectDisbelieved = ([name, print]: Form, option: string): void => {
    const log = (text: string): string => print([...boot, withOption(text), ...after]);
    expect(story(log(option)), name).toEqual(story(log(harmless(option))));
  };

  it.each([...marked, ...setApart])("is not believed in %s, whatever stands around it", (...form) => {
    for (const message of [...messages, hungTask]) {
      expectDisbelieved(form, `x\n${message}\ny`);
      // Without stamps and blanks, a report after a quotation that is closed may as well be a paste.
      if (message !== hungTask || !form[0].includes("old util-linux")) expectDisbelieved(form, `x'\n${message}\n'y`);
      expectDisbelieved(form, `x\n${stamp(3.151617)} ${message}\ny`);
      expectDisbelieved(form, `x\n${stamp(31.41)} ${message}\ny`);
    }
  });

  it.each(alike)("is not believed in %s where the record's other lines betray it", (...form) => {
    for (const message of [...messages, hungTask]) {
      expectDisbelieved(form, `x\n${message}\ny`);
      expectDisbelieved(form, `x\n\nz\n${message}\n\ny`);
      expectDisbelieved(form, `\n${message}\n`);
      expectDisbelieved(form, `x\nhost kernel: ${message}\ny`);
      // The option closes the quotation itself.
      expectDisbelieved(form, `x'\n${message}\ny`);
      expectDisbelieved(form, `x' 'z'\n${message}\n'y`);
    }
  });

  it.each(withoutStamps)("is not believed in %s after an open quotation", (...form) => {
    for (const message of messages) expectDisbelieved(form, `x\n${message}\ny`);
  });

  it("is not believed far after a log's start, where few lines are read", () => {
    const idle = idleLines(20_500, 3);
    for (const [name, print] of [alike[0] as Form, setApart[0] as Form]) {
      const log = (option: string): string => print(boot) + idle + print([{ ...withOption(option), at: 300.123457 }]);
      const option = `x\n${"filler\n".repeat(30)}random: crng init done\ny`;
      expect(story(log(option)), name).toEqual(story(log(harmless(option))));
    }
  });

  it("is reported: the first line and their number", () => {
    const [, print] = alike[0] as Form;
    const [record] = bootsInPieces(
      print([...boot, withOption("x\nrandom: crng init done\nrandom: fast init done\ny")]),
    );
    expect(record?.covers?.forged).toEqual({ count: 2, line: 6, text: "random: crng init done" });
    expect(findings(record)).toContain("forged-line");
  });
});

describe("a task's name that reads like a message", () => {
  it("is not believed where the name holds a line end, or the line is cut off after it", () => {
    for (const name of ["crng init done", "fast init done"]) {
      const record = (text: string): string => (alike[0] as Form)[1]([...boot, { at: 4.5, text }, ...after]);
      for (const text of [
        `random: ${name}: uninitialized urandom read (16 bytes read)`,
        `random: \n${name}: uninitialized urandom read (16 bytes read)`,
        `random: ${name}: uninit`,
        `random: ${name} urandom read with 3 bits of entropy available`,
      ]) {
        const [read, ...more] = bootsInPieces(record(text));
        expect([text, read?.readiness.level, read?.earlyInit, more]).toEqual([
          text,
          read?.earlyUses.length === 1 ? "unseeded" : "unknown",
          null,
          [],
        ]);
      }
    }
  });
});

describe("records of the kernel's own beside quotations", () => {
  const ready = { at: 30.2, text: "random: crng init done" };
  const believed = (records: readonly Printed[]): void => {
    for (const [name, print] of [...marked, ...setApart, ...alike, ...withoutStamps])
      expect(bootsInPieces(print(records)).at(-1)?.readiness.level, name).toBe("ready");
  };

  it("are believed where the quotation is closed, at another moment", () => {
    believed([...boot, withOption("x"), ready, ...after]);
  });

  it("are believed after an apostrophe", () => {
    believed([...boot, { at: 30.1, text: "the CPU's clock can't be trusted" }, ready, ...after]);
  });

  it("are believed after a quotation that was cut off, at another moment", () => {
    const records = [...boot, { at: 30.1, text: "ACPI: cut 'off" }, ready, ...after];
    for (const [name, print] of [...marked, ...alike])
      expect(bootsInPieces(print(records)).at(-1)?.readiness.level, name).toBe("ready");
  });

  it.each(["`", "``", "```"])("are believed after a person's mark of code (%s), on lines without times", (mark) => {
    const [read] = bootsInPieces(`${mark}dmesg\nrandom: crng init done\nEXT4-fs (sda1): mounted\n${mark}\n`);
    expect(read?.readiness).toMatchObject({ level: "ready", line: 2 });
    expect(read?.course?.logLines).toBeGreaterThan(0);
  });

  it("are believed after prose that opens a quotation and has no stamp: a report of a blocked task, and readiness", () => {
    const log = `"dmesg:
[  605.178422] INFO: task backup:326 blocked for more than 120 seconds.
[  605.178442] backup          D    0   326      1 0x00000104
[  700.000001] random: crng init done
`;
    const [read] = bootsInPieces(log);
    expect(read?.signs.map(({ kind, line }) => [kind, line])).toContainEqual(["hung-task", 2]);
    expect(read?.readiness).toMatchObject({ level: "ready", line: 4 });
  });

  it("are believed at the moment of others by a clock of ticks, and at a clock that has not started", () => {
    for (const at of [0, 0.004, 30.2])
      believed([{ at: 0, text: version }, { at, text: "mtd: 'nand0' found" }, { ...ready, at }, ...after]);
  });
});

describe("readiness that any user could have made the kernel print", () => {
  const records = [...boot, { at: 2.5, text: "random: crng init done" }, ...after];

  it.each([...alike, ...withoutStamps, ...setApart.slice(0, 4)])("is forgeable in %s", (_name, print) => {
    const [record] = bootsInPieces(print(records));
    expect(record?.readiness).toMatchObject({ level: "ready", forgeable: true });
  });

  it.each([...marked, ...setApart.slice(4)])("is not forgeable in %s", (_name, print) => {
    const [record] = bootsInPieces(print(records));
    expect(record?.readiness).toMatchObject({ level: "ready", forgeable: false });
  });

  it("is named beside the line in a full report", () => {
    const report = ([, print]: Form): string =>
      bootsInPieces(print(records))
        .map((record) => reportText(diagnose(record)))
        .join("");
    const words = "any local user could have had such a line printed";
    expect(report(alike[0] as Form)).toContain(words);
    expect(report(marked[0] as Form)).not.toContain(words);
  });
});

function findings(record: BootRecord | undefined): readonly string[] {
  return record === undefined ? [] : diagnose(record).findings.map(({ id }) => id);
}
