import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { parseTraceLine, parseTraceMark, TraceLines } from "../../../src/parse/trace/trace-line.ts";
import { bootsInPieces } from "../log/reading-logs.ts";
import { readTrace } from "./reading-traces.ts";

/**
 * Consoles of Debian's and Ubuntu's kernels under QEMU, each booted with `trace_event=syscalls:sys_enter_getrandom` and
 * without RDRAND: the lines on the kernel and on randomness, those of tp_printk, and below them the trace as tracefs
 * gave it. `stacks` are those with userstacktrace. The first process asks five times, in ways that never wait, and then
 * its child `gr0` in one that may.
 */
const folder = join(import.meta.dirname, "../../fixtures/traces");
const textOf = (file: string): string => readFileSync(join(folder, `${file}.txt`), "utf8");

interface RecordedCall {
  readonly pid: number;
  readonly asked: number;
  /** When the kernel said that it was ready. */
  readonly until: number;
  /** How long the call took, as gr0 itself measured it. */
  readonly took: number;
}

const waited: Readonly<Record<string, RecordedCall>> = {
  "4.15.0-213-generic": { pid: 115, asked: 1.084548, until: 3.080377, took: 1.977 },
  "4.15.0-213-generic.stacks": { pid: 115, asked: 1.065634, until: 3.040388, took: 1.975 },
  "5.4.0-216-generic.stacks": { pid: 119, asked: 1.421185, until: 3.397686, took: 1.96 },
  "5.10.0-32-amd64": { pid: 67, asked: 1.509959, until: 3.452476, took: 1.959 },
  "5.15.0-204-generic": { pid: 116, asked: 1.672475, until: 3.634879, took: 1.967 },
  "5.15.0-204-generic.stacks": { pid: 116, asked: 1.596329, until: 3.575744, took: 1.965 },
  "5.19.0-41-generic": { pid: 119, asked: 1.568837, until: 2.067976, took: 0.508 },
  "5.19.0-41-generic.stacks": { pid: 119, asked: 1.653449, until: 2.183326, took: 0.511 },
  "6.2.0-25-generic": { pid: 68, asked: 1.54481, until: 2.053477, took: 0.513 },
  "7.3.4+deb13-amd64.stacks": { pid: 90, asked: 2.034592, until: 2.56442, took: 0.505 },
};

/** Of these no wait can be shown: it was shorter than what the trace's clock and the log's may differ by. */
const short: Readonly<Record<string, RecordedCall>> = {
  "6.8.0-31-generic": { pid: 78, asked: 1.893357, until: 2.030057, took: 0.141 },
  "6.17.0-5-generic": { pid: 73, asked: 2.155302, until: 2.272042, took: 0.135 },
  "6.17.0-5-generic.stacks": { pid: 73, asked: 2.127584, until: 2.291404, took: 0.139 },
  "7.0.0-14-generic": { pid: 74, asked: 2.137921, until: 2.26402, took: 0.141 },
  "7.0.0-14-generic.stacks": { pid: 75, asked: 2.213485, until: 2.368946, took: 0.128 },
};

/**
 * Nor of these: the log ends before a line that the CRNG is ready. 4.4's held gr0 until the machine was stopped;
 * 5.4.0-26 let it through unready.
 */
const unready: Readonly<Record<string, Pick<RecordedCall, "pid" | "asked">>> = {
  "4.4.0-210-generic": { pid: 81, asked: 1.050544 },
  "4.4.0-210-generic.stacks": { pid: 81, asked: 1.174136 },
  "5.4.0-26-generic": { pid: 171, asked: 1.257827 },
};

/** The only one that recorded how calls ended. */
const answered = "6.1.0-50-amd64.stacks";

/** Here, too, both ends of calls were to be recorded, and the kernel recorded neither. */
const silent = ["4.15.0-20-generic.stacks", "6.12.107+deb13-amd64.stacks"];

const asking: Readonly<Record<string, Pick<RecordedCall, "pid" | "asked">>> = {
  ...waited,
  ...short,
  ...unready,
  [answered]: { pid: 79, asked: 1.701954 },
};
/** By the time the trace was read gr0 had ended, and with it what its addresses were of. */
const ownStack = ["<000000000043d4e9>", "<000000000040195a>", "<00000000004025e0>", "<00000000004033b4>"];
const stackOf = (file: string): readonly string[] => (file.endsWith(".stacks") ? ownStack : []);

it("each recorded trace is reported", () => {
  expect(
    readdirSync(folder)
      .map((name) => name.replace(/\.txt$/, ""))
      .toSorted(),
  ).toEqual([...Object.keys(asking), ...silent].toSorted());
});

describe.each([...Object.keys(asking), ...silent])("the trace of %s", (file) => {
  const text = textOf(file);
  const trace = text.slice(text.indexOf("# tracer: nop\n")).trimEnd().split("\n");

  it("is of nothing but lines that are known", () => {
    const lines = new TraceLines();
    expect(trace.filter((line) => lines.parse(line) === null)).toEqual([]);
  });

  it("holds each call with its length and flags", () => {
    const { pid, asked } = asking[file] ?? {};
    const calls = trace.flatMap((line) => {
      const event = parseTraceLine(line);
      const mark = event?.kind === "event" ? parseTraceMark(event) : null;
      return event?.kind === "event" && mark?.kind === "call-entered"
        ? [{ comm: event.comm, pid: event.pid, at: event.at, ...mark.request }]
        : [];
    });
    const call = { syscall: "getrandom" };
    const first = [
      [8, 1],
      [16, 1],
      [16, 4],
      [16, 5],
      [16, 3],
    ].map(([bytes, flags]) => ({ comm: "init", pid: 1, at: expect.any(Number) as number, ...call, bytes, flags }));
    expect(calls).toEqual(
      pid === undefined ? [] : [...first, { comm: "gr0", pid, at: asked, ...call, bytes: 16, flags: 0 }],
    );
  });

  it("belongs to the one boot that the log is of", () => {
    const boots = bootsInPieces(text);
    expect(boots).toMatchObject([{ kernel: { release: file.replace(".stacks", "") }, gaps: [] }]);
  });
});

describe("who may have waited", () => {
  it.each(Object.entries({ ...waited, ...short, ...unready }))(
    "in the trace of %s is gr0 alone",
    (file, { pid, asked }) => {
      expect(readTrace(textOf(file)).waits()).toEqual([]);
      expect(readTrace(textOf(file)).asks()).toMatchObject([
        {
          pid,
          tid: pid,
          comm: "gr0",
          interface: "getrandom",
          request: { bytes: 16, flags: 0 },
          userStack: stackOf(file),
          from: asked,
          to: null,
          ended: null,
          errorSeconds: null,
        },
      ]);
    },
  );

  it.each(Object.entries(waited))(
    "on %s did, until the log says that the CRNG is ready",
    (file, { pid, asked, until, took }) => {
      const [boot] = bootsInPieces(textOf(file));
      expect(boot?.readiness).toMatchObject({ level: "ready", exact: true, readyAt: until });
      expect(boot?.waits).toMatchObject([
        {
          pid,
          comm: "gr0",
          interface: "getrandom",
          request: { bytes: 16, flags: 0 },
          userStack: stackOf(file),
          from: asked,
          to: until,
          ended: "returned",
          errorSeconds: null,
          evidence: "recorder",
        },
      ]);
      // By two clocks, which it measured by one.
      expect(Math.abs((boot?.waits[0]?.seconds ?? Infinity) - took)).toBeLessThan(0.03);
    },
  );

  it.each(Object.entries(short))("on %s may have been put off as well", (file, { until, asked, took }) => {
    const [boot] = bootsInPieces(textOf(file));
    expect(boot?.readiness).toMatchObject({ level: "ready", exact: true, readyAt: until });
    expect(boot?.waits).toEqual([]);
    expect(Math.abs(until - asked - took)).toBeLessThan(0.03);
  });

  it.each([...Object.keys(unready), ...silent])("on %s is not reported", (file) => {
    expect(bootsInPieces(textOf(file))[0]?.waits).toEqual([]);
  });

  it(`on ${answered} did, until its call returned`, () => {
    const wait = {
      pid: 79,
      comm: "gr0",
      interface: "getrandom",
      request: { bytes: 16, flags: 0 },
      userStack: ["<000000000043d2e9>", "<000000000040195a>", "<0000000000402477>", "<0000000000403194>"],
      from: 1.701954,
      to: 2.215307,
      seconds: 0.513353,
      ended: "returned",
      errorSeconds: 0,
    };
    expect(readTrace(textOf(answered)).waits()).toMatchObject([wait]);
    const [boot] = bootsInPieces(textOf(answered));
    expect(boot?.readiness).toMatchObject({ level: "ready", readyAt: 2.23489 });
    expect(boot?.waits).toMatchObject([wait]);
  });
});
