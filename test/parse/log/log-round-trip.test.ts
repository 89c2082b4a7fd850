import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { BootRecord } from "../../../src/core/boot-record.ts";
import type { Logged } from "../../../src/core/observed.ts";
import { bootsInPieces, stamp } from "./reading-logs.ts";

/** A record of the kernel's: its stamp in microseconds, and its text. */
interface Printed {
  readonly at: number;
  readonly text: string;
}

/**
 * What a format keeps of a record's time: the kernel's stamp, the journal's, whole seconds of a wall clock, or nothing.
 */
type Keeps = "kernel" | "journal" | "wall" | "nothing";

const release = "6.1.0-50-amd64";
const version = `Linux version ${release} (debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14)) #1 SMP PREEMPT_DYNAMIC Debian 6.1.176-1 (2026-08-29)`;

/** A task's name, as programs have them, with blanks and colons. */
const comm = fc
  .stringMatching(/^[A-Za-z][\w:/ ()+.-]{0,12}[\w)]$/)
  .filter((name) => !/^random|\d:\d| {2}|\(\d+\)|^[VDIWEFS]\//.test(name));
const text = fc.oneof(
  fc
    .tuple(comm, fc.nat(512))
    .map(([name, bytes]) => `random: ${name}: uninitialized urandom read (${bytes} bytes read)`),
  fc
    .tuple(comm, fc.nat(127))
    .map(([name, bits]) => `random: ${name} urandom read with ${bits} bits of entropy available`),
  fc.constantFrom(
    "random: get_random_u64 called from kmem_cache_open+0x2d/0x410 with crng_init=0",
    "random: fast init done",
    "random: crng init done",
    "random: crng done (trusting CPU's manufacturer)",
  ),
  fc.nat(99).map((count) => `random: ${count} urandom warning(s) missed due to ratelimiting`),
  fc.constantFrom(
    "random: crng reseeded on system resumption",
    "random: crng reseeded due to virtual machine fork",
    "fips mode: enabled",
    "efi: seeding entropy pool",
  ),
  fc.constantFrom(
    "Kernel command line: BOOT_IMAGE=/vmlinuz root=/dev/sda1 ro quiet",
    "usb 1-1: new high-speed USB device number 2 using xhci_hcd",
    "RDRAND is not reliable on this platform; disabling.",
  ),
);
/** Messages that a kernel prints once in a boot. */
const once = /^random: (?:fast init done|crng .*done.*)$/;
const isFirst = (texts: readonly string[], index: number): boolean =>
  texts.findIndex((other) => once.test(other) && other.includes("fast") === texts[index]?.includes("fast")) === index;

/** A boot's records, a version line first, with stamps that rise. */
const boot = fc
  .tuple(
    fc.integer({ min: 1, max: 3_000_000 }),
    fc.array(fc.tuple(fc.integer({ min: 1, max: 5_000_000 }), text), { minLength: 3, maxLength: 25 }),
  )
  .map(([start, drawn]) => {
    const texts = drawn.map(([, said]) => said);
    const records = drawn.filter(([, said], index) => !once.test(said) || isFirst(texts, index));
    let at = start;
    return [{ at, text: version }, ...records.map(([pause, said]): Printed => ({ at: (at += pause), text: said }))];
  });

const lines =
  (print: (record: Printed, index: number) => string, end = "\n") =>
  (records: readonly Printed[]): string =>
    records.map((record, index) => print(record, index) + end).join("");
const plain = ({ at, text: said }: Printed): string => `${stamp(at / 1e6)} ${said}`;
const date = ({ at }: Printed): Date => new Date(Date.UTC(2016, 2, 22, 18, 17, 17) + Math.floor(at / 1000));
const syslogDate = (record: Printed): string => `Mar 22 ${date(record).toISOString().slice(11, 19)}`;
const html = (printed: string): string =>
  printed.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll("'", "&#39;");
/**
 * As RFC 2045 wants it, at most 76 characters a line, but for what is longer than two of these: three parts are not put
 * together.
 */
const quotedPrintable = (printed: string): string =>
  printed.replaceAll("=", "=3D").replace(/^(.{70}[^=]{1,5})(?=.{1,75}$)/, "$1=\r\n");
const entry = ({ at, text: said }: Printed): Readonly<Record<string, string>> => ({
  __CURSOR: `s=${at}`,
  __REALTIME_TIMESTAMP: String(1_458_670_637_000_000 + at),
  __MONOTONIC_TIMESTAMP: String(at + 1234),
  _BOOT_ID: "0123456789abcdef0123456789abcdef",
  PRIORITY: "5",
  SYSLOG_FACILITY: "0",
  _TRANSPORT: "kernel",
  _SOURCE_MONOTONIC_TIMESTAMP: String(at),
  MESSAGE: said,
});

/** Small printers, each after the program that prints so. */
const formats: Readonly<Record<string, readonly [keeps: Keeps, print: (records: readonly Printed[]) => string]>> = {
  dmesg: ["kernel", lines(plain)],
  "dmesg --raw": ["kernel", lines((record) => `<5>${plain(record)}`)],
  "dmesg --decode": ["kernel", lines((record) => `kern  :notice: ${plain(record)}`)],
  "dmesg --show-delta": [
    "kernel",
    lines(({ at, text: said }) => `[${(at / 1e6).toFixed(6).padStart(12)} <    0.000012>] ${said}`),
  ],
  "dmesg --ctime": [
    "wall",
    lines(
      (record) =>
        `[${date(record)
          .toUTCString()
          .replace(/^(\w+), (\d+) (\w+) (\d+) (\S+) GMT$/, "$1 $3 $2 $5 $4")}] ${record.text}`,
    ),
  ],
  "dmesg --notime": ["nothing", lines(({ text: said }) => said)],
  "a console with the caller": ["kernel", lines(({ at, text: said }) => `${stamp(at / 1e6)}[    T1] ${said}`)],
  "a console of a Samsung kernel": [
    "kernel",
    lines(({ at, text: said }) => `<5>${stamp(at / 1e6)}  [0:      swapper/0:    1] ${said}`),
  ],
  "a console of a MediaTek kernel": [
    "kernel",
    lines(({ at, text: said }) => `${stamp(at / 1e6)} (0)[1:swapper/0]${said}`),
  ],
  "a console with CRLF": ["kernel", lines(plain, "\r\n")],
  "a console with CR CR LF": ["kernel", lines(plain, "\r\r\n")],
  "a console that a program stamps": [
    "kernel",
    lines((record) => `[${date(record).toISOString().replace("T", " ").slice(0, 23)}] ${plain(record)}`),
  ],
  "/dev/kmsg": ["kernel", lines(({ at, text: said }, index) => `5,${index},${at},-;${said}`)],
  "/dev/kmsg with the caller": ["kernel", lines(({ at, text: said }, index) => `5,${index},${at},-,caller=T1;${said}`)],
  "syslog with the kernel's stamps": [
    "kernel",
    lines((record) => `${syslogDate(record)} host kernel: ${plain(record)}`),
  ],
  syslog: ["wall", lines((record) => `${syslogDate(record)} host kernel: ${record.text}`)],
  "syslog with ISO dates": [
    "kernel",
    lines((record) => `${date(record).toISOString().replace("Z", "000+00:00")} host kernel: ${plain(record)}`),
  ],
  "syslog of busybox": ["kernel", lines((record) => `${syslogDate(record)} host kern.notice kernel: ${plain(record)}`)],
  "syslog after RFC 5424": [
    "kernel",
    lines((record) => `<5>1 ${date(record).toISOString()} host kernel - - - ${plain(record)}`),
  ],
  journalctl: ["wall", lines((record) => `${syslogDate(record)} host kernel: ${record.text}`)],
  "journalctl -o short-monotonic": [
    "journal",
    lines(({ at, text: said }) => `${stamp(at / 1e6)} host kernel: ${said}`),
  ],
  "journalctl -o json": ["kernel", lines((record) => JSON.stringify(entry(record)))],
  "journalctl -o json-seq": ["kernel", lines((record) => `\u001e${JSON.stringify(entry(record))}`)],
  "journalctl -o json-sse": ["kernel", lines((record) => `data: ${JSON.stringify(entry(record))}\n`)],
  "journalctl -o json-pretty": ["kernel", lines((record) => JSON.stringify(entry(record), null, "\t"))],
  "journalctl -o verbose": [
    "kernel",
    lines(
      (record) =>
        `Tue 2016-03-22 18:17:17.592123 UTC [s=1;i=2;b=3;m=${record.at.toString(16)};t=4;x=5]\n${Object.entries(
          entry(record),
        )
          .filter(([name]) => !name.startsWith("__"))
          .map(([name, value]) => `    ${name}=${value}`)
          .join("\n")}`,
    ),
  ],
  "dmesg --json": [
    "kernel",
    (records) =>
      `{\n   "dmesg": [\n      {\n${records.map(({ at, text: said }) => `         "pri": 5,\n         "time": ${(at / 1e6).toFixed(6).padStart(12)},\n         "msg": ${JSON.stringify(said)}\n`).join("      },{\n")}      }\n   ]\n}\n`,
  ],
  "journalctl -o export": [
    "kernel",
    lines(
      (record) =>
        `${Object.entries(entry(record))
          .map(([name, value]) => `${name}=${value}`)
          .join("\n")}\n`,
    ),
  ],
  logcat: [
    "wall",
    lines(
      (record) =>
        `03-22 ${date(record).toISOString().slice(11, 19)}.000     0     0 I ${/^\w+: /.test(record.text) ? record.text.replace(/^(\w+): /, (_, tag: string) => `${tag.padEnd(8)}: `) : `        : ${record.text}`}`,
    ),
  ],
  "Docker's json-file": ["kernel", lines((record) => JSON.stringify({ log: `${plain(record)}\n`, stream: "stdout" }))],
  grep: ["kernel", lines((record, index) => `var/log/boot.log:${index + 1}:${plain(record)}`)],
  "mail that is quoted": ["kernel", lines((record) => `> > ${plain(record)}`)],
  "mail in quoted-printable": ["kernel", lines((record) => quotedPrintable(plain(record)), "\r\n")],
  "a web page": ["kernel", (records) => `<pre>${html(lines(plain)(records))}</pre>\n`],
  "a terminal with colours": [
    "kernel",
    lines(
      ({ at, text: said }) =>
        `\u001b[32m${stamp(at / 1e6)} \u001b[0m${said.replace(/^(\w+): /, "\u001b[33m$1: \u001b[0m")}\u001b[K`,
    ),
  ],
  "dmesg -x -T": [
    "wall",
    lines(
      (record) =>
        `kern  :info  : [${date(record)
          .toUTCString()
          .replace(/^(\w+), (\d+) (\w+) (\d+) (\S+) GMT$/, "$1 $3 $2 $5 $4")}] ${record.text}`,
    ),
  ],
  "journalctl -o short-iso": [
    "wall",
    lines((record) => `${date(record).toISOString().slice(0, 19)}+0000 host kernel: ${record.text}`),
  ],
  "journalctl -o short-iso-precise": [
    "wall",
    lines((record) => `${date(record).toISOString().slice(0, 23)}000+00:00 host kernel: ${record.text}`),
  ],
  "journalctl -o short-full": [
    "wall",
    lines(
      (record) => `Tue ${date(record).toISOString().slice(0, 19).replace("T", " ")} UTC host kernel: ${record.text}`,
    ),
  ],
  "journalctl -o short-unix": [
    "wall",
    lines((record) => `${(date(record).getTime() / 1000).toFixed(6)} host kernel: ${record.text}`),
  ],
  "journalctl -o short-delta": [
    "journal",
    lines(({ at, text: said }) => `[${(at / 1e6).toFixed(6).padStart(12)} <    0.000012 >] host kernel: ${said}`),
  ],
  "journalctl --no-hostname": ["wall", lines((record) => `${syslogDate(record)} kernel: ${record.text}`)],
  "a console in ts": ["kernel", lines((record) => `${syslogDate(record)} ${plain(record)}`)],
  "a console in ts -s": [
    "kernel",
    lines((record) => `00:00:${String(date(record).getSeconds()).padStart(2, "0")} ${plain(record)}`),
  ],
  "a console in grabserial": [
    "kernel",
    lines((record) => `[${(record.at / 1e6).toFixed(6)} 0.000012] ${plain(record)}`),
  ],
  "a console in tio": ["kernel", lines((record) => `[${date(record).toISOString().slice(11, 23)}] ${plain(record)}`)],
  "a console in LAVA's YAML": [
    "kernel",
    lines(
      (record) =>
        `- {"dt": "${date(record).toISOString().slice(0, 19)}.000000", "lvl": "target", "msg": ${JSON.stringify(plain(record))}}`,
    ),
  ],
  "a console in an xvisor log": ["kernel", lines((record) => `[guest0/uart0] ${plain(record)}`)],
  "a console in docker compose": ["kernel", lines((record) => `vm-1  | ${plain(record)}`)],
  "docker logs -t": [
    "kernel",
    lines((record) => `${date(record).toISOString().replace("Z", "123456Z")} ${plain(record)}`),
  ],
  "Kubernetes' CRI": [
    "kernel",
    lines((record) => `${date(record).toISOString().replace("Z", "123456Z")} stdout F ${plain(record)}`),
  ],
  "Kata's runtime": [
    "kernel",
    lines(
      (record) =>
        `time="${date(record).toISOString()}" level=debug msg="reading guest console" pid=7 source=virtcontainers vmconsole=${JSON.stringify(plain(record))}`,
    ),
  ],
  "Kata in a syslog": [
    "kernel",
    lines((record) => `${syslogDate(record)} host1 kata[317]: vm console: "${plain(record)}"`),
  ],
  "a machine's unit in a syslog": [
    "kernel",
    lines((record) => `${syslogDate(record)} host1 qemu-guest1[317]: ${plain(record)}`),
  ],
  "CloudWatch's events": [
    "kernel",
    (records) =>
      `{\n    "events": [\n${records.map((record) => `        {\n            "timestamp": 1704067200000,\n            "message": ${JSON.stringify(plain(record))},\n            "ingestionTime": 1704067200001\n        }`).join(",\n")}\n    ]\n}\n`,
  ],
  "EC2's console output": [
    "kernel",
    (records) => `{\n    "InstanceId": "i-0123",\n    "Output": ${JSON.stringify(lines(plain, "\r\n")(records))}\n}\n`,
  ],
  "Elasticsearch's hits": [
    "kernel",
    lines((record) => JSON.stringify({ _index: "logs", _id: "x", _source: { message: plain(record), host: "host" } })),
  ],
  "Loki's and Google's JSON": [
    "kernel",
    lines((record, index) =>
      JSON.stringify(index % 2 === 0 ? { labels: {}, line: plain(record) } : { textPayload: plain(record) }),
    ),
  ],
  "a list of strings": [
    "kernel",
    (records) => `[\n${records.map((record) => `  ${JSON.stringify(plain(record))}`).join(",\n")}\n]\n`,
  ],
  "a Talos node": [
    "wall",
    lines((record) => `10.5.0.3: kern:  notice: [${date(record).toISOString()}]: ${record.text}`),
  ],
  "a forum's BBCode": [
    "kernel",
    (records) => `[CODE]${lines((record) => `[COLOR=#780373]${plain(record)}[/COLOR]`)(records)}[/CODE]\n`,
  ],
  "a tracker's noformat": ["kernel", (records) => `{noformat}\n${lines(plain)(records)}{noformat}\n`],
  "Markdown's code in each line": ["kernel", lines((record) => `\`${plain(record)}\``)],
  "Markdown with punctuation escaped": [
    "kernel",
    lines((record) => plain(record).replace(/[[\]_*`]/g, (mark) => `\\${mark}`)),
  ],
  "a quoted mail with initials": ["kernel", lines((record) => `JD> ${plain(record)}`)],
  "a page within a page": ["kernel", (records) => html(html(lines(plain)(records)))],
  "lines with numbers": ["kernel", lines((record, index) => `${String(index + 1).padStart(6)}\t${plain(record)}`)],
  "comments of a shell": ["kernel", lines((record) => `# ${plain(record)}`)],
  "a string with its line ends written": ["kernel", (records) => `${JSON.stringify(lines(plain)(records))}\n`],
  "a pager that marks line ends": ["kernel", lines((record) => `${plain(record)}^M`)],
};

/** What a record shows of a boot, but for places and the times that the format does not keep. */
function story(
  {
    kernel,
    readiness,
    earlyInit,
    earlyUses,
    missedWarnings,
    reseeds,
    fips,
    gaps,
    anomalies,
    observed,
    covers,
  }: BootRecord,
  keeps: Keeps,
): unknown {
  const time = (at: number | null, noted: Logged["noted"]): number | null =>
    keeps === "kernel" || keeps === "journal" ? (at ?? noted?.seconds ?? null) : null;
  const placed = ({ line: _line, seq: _seq, at, noted, ...rest }: Logged): unknown => ({
    ...rest,
    time: time(at, noted),
  });
  const timed = keeps === "kernel";
  return {
    kernel,
    level: readiness.level,
    ...(timed
      ? {
          // Whether a line of it could be forged is the format's own, and so is a wall clock.
          readiness: { ...readiness, line: null, forgeable: null, wall: null },
          gaps,
          anomalies,
          covers: [covers?.firstAt, covers?.lastAt, covers?.fromStart],
        }
      : {}),
    earlyInit: earlyInit === null ? null : placed(earlyInit),
    earlyUses: earlyUses.map(placed),
    reseeds: reseeds.map(placed),
    missedWarnings,
    fips,
    readyLines: observed.readyLines.map(placed),
    notes: observed.notes.map(placed),
  };
}

function onlyBoot(log: string): BootRecord {
  const boots = bootsInPieces(log);
  expect(boots).toHaveLength(1);
  return boots[0] as BootRecord;
}

describe.each(Object.entries(formats))("the same boot printed by %s", (_name, [keeps, print]) => {
  it("has the same record, but for what the format lacks", () => {
    fc.assert(
      fc.property(boot, (records) => {
        const expected = onlyBoot(lines(plain)(records));
        expect(story(onlyBoot(print(records)), keeps)).toEqual(story(expected, keeps));
      }),
      { numRuns: 25 },
    );
  });

  it("shows its times as far as they are kept", () => {
    const records = [
      { at: 1_000_000, text: version },
      { at: 2_000_000, text: "random: dd: uninitialized urandom read (16 bytes read)" },
      { at: 3_000_000, text: "usb 1-1: x" },
      { at: 9_000_000, text: "random: crng init done" },
    ];
    const { readiness, covers } = onlyBoot(print(records));
    const kept: Readonly<Record<Keeps, object>> = {
      kernel: { readyAt: 9, exact: true, noted: null },
      journal: { readyAt: 9, exact: false, noted: { clock: "monotonic", seconds: 9 } },
      wall: { readyAt: null, exact: false, noted: { clock: "wall", seconds: 8 } },
      nothing: { readyAt: null, exact: false, noted: null },
    };
    expect(readiness).toMatchObject({ level: "ready", ...kept[keeps] });
    expect(covers).toMatchObject({
      fromStart: true,
      stamps: { kernel: "printk", journal: "journal", wall: "wall", nothing: "none" }[keeps],
    });
  });
});
