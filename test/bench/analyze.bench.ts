import { spawnSync } from "node:child_process";
import { appendFileSync, closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, it } from "vitest";
import { plainEnvironment, ratioOfProcessorTime, ratioOfWallTime, printFigure } from "./side-by-side.ts";

const crngwatch = resolve(import.meta.dirname, "../../bin/crngwatch");
const folder = mkdtempSync(join(process.env["CRNGWATCH_BENCH_DIR"] ?? tmpdir(), "crngwatch-bench-"));
const [large, small, entries, lines] = ["1000.log", "100.log", "entries.json", "entries.export"].map((name) =>
  join(folder, name),
) as [string, string, string, string];
const pattern = "random: |crng|Linux version";
const rounds = 7;

/** What a busy server's log is full of; `#` becomes a number. */
const everyday = [
  "usb 1-1: new high-speed USB device number # using xhci_hcd",
  'audit: type=1400 audit(1685.#:32): apparmor="STATUS" operation="profile_replace" profile="unconfined"',
  "EXT4-fs (sda#): mounted filesystem with ordered data mode. Opts: (null)",
  "nf_conntrack: table full, dropping packet # from 10.0.0.1",
  "CPU#: Core temperature above threshold, cpu clock throttled (total events = 12345)",
  "perf: interrupt took too long (2501 > #), lowering kernel.perf_event_max_sample_rate to 79750",
];

beforeAll(() => {
  writeLog(large, 2 ** 30);
  writeLog(small, 2 ** 30 / 10);
  writeEntries(100 * 2 ** 20);
});

afterAll(() => rmSync(folder, { recursive: true }));

describe(`a log with 100 relevant lines, Node ${process.version}`, () => {
  it("1 GiB against grep", () => {
    // GNU grep stops at the first match where its output is /dev/null.
    const grep = ["sh", "-c", `grep -cE '${pattern}' ${large} | cat`];
    const { ratio, a, b } = ratioOfWallTime([crngwatch, "analyze", "--json", large], grep, rounds);
    printFigure(
      "analyze / grep -cE, 1 GiB, warm",
      `${ratio.toFixed(2)} (${(a / 1000).toFixed(2)} s / ${(b / 1000).toFixed(2)} s, medians)`,
      "1.5 or less",
    );
    const processor = ratioOfProcessorTime([crngwatch, "analyze", "--json", large], grep, rounds);
    printFigure("processor time of both threads / grep's", processor.toFixed(2), "-");
  });

  it("1 GiB against 100 MiB", () => {
    const { ratio, a, b } = ratioOfWallTime(
      [crngwatch, "analyze", "--json", large],
      [crngwatch, "analyze", "--json", small],
      rounds,
    );
    printFigure(
      "analyze 1 GiB / a tenth of it",
      `${ratio.toFixed(2)} (${a.toFixed(0)} ms / ${b.toFixed(0)} ms, medians)`,
      "linear: 10 or less",
    );
  });

  it("memory", () => {
    const [ofLarge, ofSmall] = [large, small].map(peakMegabytes);
    printFigure("most memory, 1 GiB / a tenth of it", `${ofLarge} MB / ${ofSmall} MB resident`, "150 MB or less");
  });
});

describe("journal entries", () => {
  it("100 MiB of -o json against journalctl printing them", () => {
    const journal = join(folder, "system.journal");
    const made = ["/lib/systemd/systemd-journal-remote", "/usr/lib/systemd/systemd-journal-remote"].some(
      (program) => spawnSync(program, ["-o", journal, lines]).status === 0,
    );
    if (!made) {
      printFigure(
        "analyze JSON / journalctl -o json",
        "not measured: needs systemd-journal-remote to make a journal",
        "-",
      );
      return;
    }
    const printed = ["sh", "-c", `journalctl --file ${journal} --all --output json >/dev/null`];
    const { ratio, a, b } = ratioOfWallTime([crngwatch, "analyze", "--json", entries], printed, 3);
    printFigure(
      "analyze JSON / journalctl -o json",
      `${ratio.toFixed(2)} (${(a / 1000).toFixed(2)} s / ${(b / 1000).toFixed(2)} s, medians)`,
      "-",
    );
    const file = ratioOfWallTime([crngwatch, "analyze", "--json", journal], printed, 3);
    printFigure(
      "analyze the journal file / journalctl -o json",
      `${file.ratio.toFixed(2)} (${(file.a / 1000).toFixed(2)} s / ${(file.b / 1000).toFixed(2)} s, medians)`,
      "-",
    );
  });
});

function writeLog(path: string, bytes: number): void {
  const fd = openSync(path, "w");
  const every = Math.floor(bytes / 85 / 100);
  let [written, count, uptime, block] = [
    0,
    0,
    0,
    "Mar 22 18:26:13 host kernel: [    0.000000] Linux version 5.4.0-1-amd64 (root@host) (gcc) #1 SMP\n",
  ];
  while (written < bytes) {
    uptime += 0.0013;
    const text =
      count++ % every === 7
        ? "random: systemd: uninitialized urandom read (16 bytes read)"
        : (everyday[count % everyday.length] as string).replace("#", String(count % 9973));
    block += `Mar 22 18:26:13 host kernel: [${uptime.toFixed(6).padStart(12)}] ${text}\n`;
    if (block.length < 2 ** 20) continue;
    written += writeSync(fd, block);
    block = "";
  }
  closeSync(fd);
}

/** The same entries as JSON and in the export format, of which a journal is made. */
function writeEntries(bytes: number): void {
  writeFileSync(lines, "");
  let [written, count] = [0, 0];
  while (written < bytes) {
    let [json, exported] = ["", ""];
    for (let line = 0; line < 1000; line++) {
      count++;
      const entry = {
        __REALTIME_TIMESTAMP: String(1_600_000_000_000_000 + count * 1000),
        __MONOTONIC_TIMESTAMP: String(count * 1000),
        _BOOT_ID: "0123456789abcdef0123456789abcdef",
        _MACHINE_ID: "fedcba9876543210fedcba9876543210",
        _HOSTNAME: "host",
        _TRANSPORT: "kernel",
        PRIORITY: "6",
        SYSLOG_FACILITY: "0",
        SYSLOG_IDENTIFIER: "kernel",
        _SOURCE_MONOTONIC_TIMESTAMP: String(count * 999),
        MESSAGE: (everyday[count % everyday.length] as string).replace("#", String(count)),
      };
      json += `${JSON.stringify(entry)}\n`;
      exported += `${Object.entries(entry)
        .map(([name, value]) => `${name}=${value}\n`)
        .join("")}\n`;
    }
    appendFileSync(entries, json);
    appendFileSync(lines, exported);
    written += json.length;
  }
}

/** The most memory that analyzing the file took: the kernel's own count, by GNU time. */
function peakMegabytes(path: string): number {
  const { stderr } = spawnSync("/usr/bin/time", ["-f", "%M", crngwatch, "analyze", "--json", path], {
    encoding: "utf8",
    env: plainEnvironment,
    maxBuffer: 1 << 28,
  });
  return Math.round(Number(stderr.trim().split("\n").at(-1)) / 1024);
}
