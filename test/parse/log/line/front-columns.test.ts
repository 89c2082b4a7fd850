import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { frontColumnsOf } from "../../../../src/parse/log/line/front-columns.ts";
import { recordedLogs } from "../../../support/inputs/recorded-logs.ts";
import { bootIn, bootsInPieces } from "../reading-logs.ts";

/** A console with the kernel's stamps and without, as systemd's lines are. */
const console = [
  "[    0.000000] Linux version 6.1.0-9-amd64 (builder@host) (gcc 12.2.0) #1 SMP",
  "[    0.104000] smpboot: CPU0: Intel Core Processor",
  "",
  "[  OK  ] Reached target Basic System.",
  "         Starting Load/Save Random Seed...",
  "[    9.250000] random: crng init done",
  "[  OK  ] Finished Load/Save Random Seed.",
];
/** A console of a kernel that prints no time. */
const untimed = [
  "Linux version 4.14.90 (b@h) #1",
  "Calibrating delay loop... 597.60 BogoMIPS",
  "random: crng init done",
];
const two = (number: number): string => String(number).padStart(2, "0");
const clock = (second: number, fraction = ""): string =>
  `10:${two(Math.floor(second / 60))}:${two(second % 60)}${fraction}`;

/** Who puts a column in front of each line, and how that looks. */
const collectors: readonly (readonly [who: string, column: (line: string, index: number) => string])[] = [
  ["docker compose", (line) => `vm-1  | ${line}`],
  ["docker compose with colours", (line) => `\u001b[36mvm-1  |\u001b[0m ${line}`],
  ["docker logs -t", (line, index) => `2024-05-01T${clock(index, ".123456789Z")} ${line}`],
  ["docker compose -t", (line, index) => `vm-1  | 2024-05-01T${clock(index, ".123456789Z")} ${line}`],
  ["a runner of GitHub's", (line, index) => `2024-05-01T${clock(index, ".1234567Z")} ${line}`],
  ["Kubernetes' CRI", (line, index) => `2024-05-01T${clock(index, ".123456789+02:00")} stdout F ${line}`],
  ["Python's logging", (line, index) => `2024-05-01 ${clock(index, ",123")} DEBUG    console: ${line}`],
  ["a logger with bars", (line, index) => `2024-05-01 ${clock(index)} | INFO | ${line}`],
  ["a terminal program", (line, index) => `[2024-05-01 ${clock(index, ".123")}] ${line}`],
  ["ts(1)", (line, index) => `May 01 ${clock(index)} ${line}`],
  ["cat -n", (line, index) => `${String(index + 1).padStart(6)}\t${line}`],
  ["less -N", (line, index) => `${String(index + 1).padStart(7)} ${line}`],
  ["an editor", (line, index) => `${index + 1}: ${line}`],
  ["grep -n", (line, index) => `${3 * index + 7}:${line}`],
  ["grep -H", (line) => `./logs/console.log:${line}`],
  ["grep -Hn", (line, index) => `boot.txt:${index + 4}:${line}`],
  ["diff", (line) => `+${line}`],
  ["a list", (line) => `- ${line}`],
  ["a comment", (line) => `# ${line}`],
  ["who names what it captured", (line) => `console: ${line}`],
  ["who names a machine in brackets", (line) => `[vm 1] ${line}`],
  ["Markdown's code", (line) => (line === "" ? line : `\`${line}\``)],
  ["JSON", (line) => `    ${JSON.stringify(line)},`],
];

/** The collector's clock, which stays with the kernel's. */
const keptClock = /^\[(?:2024-05-01|May 01)[T ]10:00:\d\d[^\]]*\] (?=\[ )/;

describe.each(collectors)("the column of %s", (who, column) => {
  it("is taken off each line that has it, with or without a stamp after it", () => {
    const without = frontColumnsOf(console.map(column));
    expect(without).not.toBeNull();
    const taken = console.map((line, index) => without?.(column(line, index)) ?? "");
    expect(taken.map((line) => line.replace(keptClock, ""))).toEqual(console);
    const clocks = / -t|GitHub|CRI|Python|bars|terminal|ts\(1\)/.test(who) ? 3 : 0;
    expect(taken.filter((line) => keptClock.test(line))).toHaveLength(clocks);
    expect(without?.("a remark between")).toBe("a remark between");
  });

  it("hides nothing of a boot that was recorded: its record is that of the log without it", () => {
    const text = readFileSync(join(recordedLogs, "full-6.12/console"), "utf8");
    const lines = text.split(/\r*\n/).slice(0, -1);
    const [boot] = bootsInPieces(`${lines.map(column).join("\n")}\n`);
    const [plain] = bootsInPieces(`${lines.join("\n")}\n`);
    expect(boot?.readiness).toMatchObject({ level: "ready", readyAt: plain?.readiness.readyAt });
    expect(boot?.earlyUses).toEqual(plain?.earlyUses);
    expect(boot?.signs).toEqual(plain?.signs);
  });
});

describe("frontColumnsOf", () => {
  it.each([
    ["docker logs -t", (line: string, index: number) => `2024-05-01T${clock(index, ".123456789Z")} ${line}`],
    ["Kubernetes' CRI", (line: string, index: number) => `2024-05-01T${clock(index, ".123456789Z")} stdout F ${line}`],
  ])("keeps the clock of %s, in brackets, in front of a log that has no other", (_, column) => {
    const without = frontColumnsOf(untimed.map(column));
    expect(untimed.map((line, index) => without?.(column(line, index)))).toEqual(
      untimed.map((line, index) => `[2024-05-01T${clock(index, ".123456789Z")}] ${line}`),
    );
  });

  it.each(["cat -n", "docker compose", "diff", "grep -H"])(
    "takes that of %s off a log without stamps as well",
    (who) => {
      const column = collectors.find(([name]) => name === who)?.[1] ?? ((line: string) => line);
      const lines = [...untimed, "Freeing unused kernel memory: 1024K"];
      expect(lines.map((line, index) => frontColumnsOf(lines.map(column))?.(column(line, index)))).toEqual(lines);
    },
  );

  it("takes several off, one after the other", () => {
    const column = (line: string, index: number): string => `./ci.log:${index + 1}:vm-1  | [vm 1] ${line}`;
    expect(console.map((line, index) => frontColumnsOf(console.map(column))?.(column(line, index)))).toEqual(console);
  });

  it("takes none where too many lines lack it, or too few lines are there to show one", () => {
    expect(frontColumnsOf(console.map((line, index) => (index < 3 ? `vm-1  | ${line}` : line)))).toBeNull();
    expect(frontColumnsOf(["+[    0.000000] Linux version 6.1.0"])).toBeNull();
    expect(frontColumnsOf([])).toBeNull();
  });

  it("takes no numbers that do not count, and no names that change", () => {
    expect(frontColumnsOf(["4 a", "9 b", "2 c", "3 d", "1 e"])).toBeNull();
    expect(frontColumnsOf(["a | 1", "b | 2", "c | 3", "d | 4"])).toBeNull();
  });

  const formats = readdirSync(join(recordedLogs, "full-6.12")).filter(
    (name) => !/^(?:trace|stack|kprobe_profile|system\.journal\.gz)$/.test(name),
  );
  it.each(formats)("takes nothing off what %s writes itself", (format) => {
    const lines = readFileSync(join(recordedLogs, "full-6.12", format), "utf8")
      .slice(0, 8192)
      .split("\n");
    expect(frontColumnsOf(lines)).toBeNull();
  });

  it.each([
    ["the kernel's tag alone", (line: string) => `kernel: ${line}`],
    ["the kernel's tag after a host", (line: string) => `host kernel: ${line}`],
    ["syslog", (line: string, index: number) => `May  1 ${clock(index)} host kernel: ${line}`],
    ["logcat", (line: string, index: number) => `05-01 ${clock(index, ".123")}     0     0 I ${line}`],
    ["Anaconda", (line: string, index: number) => `${clock(index, ",123")} NOTICE kernel:${line}`],
    ["OpenWrt's logread", (line: string, index: number) => `Wed May  1 ${clock(index)} 2024 kern.info kernel: ${line}`],
    ["talosctl", (line: string) => `10.5.0.3: kern:  notice: [2024-05-01T10:00:00.100000063Z]: ${line}`],
    ["a kernel that prints its level as well", (line: string) => `<6>${line}`],
  ])("takes nothing off %s: it says who wrote the line", (_, column) => {
    expect(frontColumnsOf(console.map(column))).toBeNull();
  });

  it("leaves a wait for the CRNG its proof, with any of these columns", () => {
    const lines = [
      ...console.slice(0, 5),
      "[  OK  ] Reached target Local File Systems.",
      "[  OK  ] Finished Create Volatile Files and Directories.",
      "[  131.250000] random: crng init done",
      "[  OK  ] Finished Load/Save Random Seed.",
    ];
    const plain = bootIn(`${lines.join("\n")}\n`);
    expect(plain.reportedWaits).toHaveLength(1);
    for (const [who, column] of collectors) {
      const [boot] = bootsInPieces(`${lines.map(column).join("\n")}\n`);
      expect(boot?.readiness, who).toMatchObject({ readyAt: 131.25, exact: true, line: plain.readiness.line });
      expect(
        boot?.reportedWaits.map(({ name }) => name),
        who,
      ).toEqual(plain.reportedWaits.map(({ name }) => name));
    }
  });
});
