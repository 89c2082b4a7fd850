import { closeSync, openSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { LogCoverage } from "../../../src/core/log-evidence.ts";
import { monotonicNow } from "../../../src/platform/clock/monotonic.ts";
import { attempt } from "../../../src/platform/pseudo-file.ts";
import { rootsBelow } from "../../../src/platform/roots.ts";
import { kmsg } from "../../../src/sources/crng/kmsg.ts";
import type { Host, Observation } from "../../../src/sources/source.ts";
import { denied, type Entry, hostOf, whyNothingIsDenied } from "../../support/host/host-folder.ts";

const observed = async (log: Entry): Promise<Observation> => kmsg.observe(hostOf({ "dev/kmsg": log }));
const messagesIn = async (log: string): Promise<readonly unknown[]> =>
  (await observed(log)).evidence.flatMap((one) => (one.kind === "message" ? [[one.seq, one.message.kind]] : []));
const stretchesIn = ({ evidence }: Observation): readonly LogCoverage[] =>
  evidence.filter((one) => one.kind === "log-coverage");

describe("a copy of the kernel log", () => {
  it("returns its messages with number and time, and what part of the log it is", async () => {
    expect(
      await observed(
        "5,0,0,-;Linux version 6.1.0 (x) #1 SMP\n6,1,10,-;Command line: quiet\n5,2,110341,-;random: crng init done\n",
      ),
    ).toEqual({
      health: "ok",
      detail: null,
      evidence: [
        { kind: "log-coverage", firstSeq: 0, firstAt: 0, lastSeq: 2, lastAt: 0.110341, readAt: 42.5 },
        {
          kind: "message",
          at: 0,
          seq: 0,
          line: null,
          message: { kind: "kernel-version", release: "6.1.0", version: "#1 SMP" },
        },
        {
          kind: "message",
          at: 0.000_01,
          seq: 1,
          line: null,
          message: { kind: "command-line", early: true, fips: false, text: "quiet" },
        },
        { kind: "message", at: 0.110341, seq: 2, line: null, message: { kind: "ready", pool: "crng", trusting: null } },
      ],
    });
  });

  it("believes no record that user space wrote, whatever its facility", async () => {
    for (const priority of [12, 13, 29, 36, 191])
      expect(await messagesIn(`${priority},7,4000000,-;random: crng init done\n`)).toEqual([]);
    expect(await messagesIn("4,7,4000000,-;random: crng init done\n")).toEqual([[7, "ready"]]);
  });

  it("has a stretch for each part between holes in the numbers", async () => {
    const evidence = await observed("6,5,1000,-;a\n6,6,2000,-;b\n6,9,3000,-;c\n6,20,4000,-;d\n6,21,5000,-;e\n");
    expect(stretchesIn(evidence).map(({ firstSeq, lastSeq }) => [firstSeq, lastSeq])).toEqual([
      [5, 6],
      [9, 9],
      [20, 21],
    ]);
  });

  it("reads no text from a record's dictionary", async () => {
    expect(
      await messagesIn(
        "6,1,0,-;usb 1-1: new device\n SUBSYSTEM=usb\n random: crng init done\n5,2,0,-;random: fast init done\n",
      ),
    ).toEqual([[2, "early-init"]]);
  });

  it("puts fragments together, but not over a hole", async () => {
    expect(await messagesIn("5,1,0,c;random: \n5,2,0,+;crng init done\n")).toEqual([[1, "ready"]]);
    expect(await messagesIn("5,1,0,c;random: \n5,3,0,+;crng init done\n")).toEqual([]);
  });

  it("counts what is no record, and reads the rest", async () => {
    const evidence = await observed("random: crng init done\n\n5,2,110341,-;random: fast init done\nrubbish\n");
    expect(evidence).toMatchObject({ health: "ok", detail: "2 records could not be read" });
    expect(evidence.evidence).toHaveLength(2);
  });

  it("may be empty", async () => {
    expect(await observed("")).toEqual({ health: "ok", detail: null, evidence: [] });
  });

  it("has nothing to wait for", () => {
    expect(kmsg.follow?.(hostOf({ "dev/kmsg": "" }))).toBeNull();
  });
});

describe("a kernel log that we may not read", () => {
  it("says what would help", async (context) => {
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    expect(await observed(denied)).toMatchObject({
      health: "denied",
      detail: expect.stringMatching(/needs CAP_SYSLOG or kernel\.dmesg_restrict=0$/),
    });
  });
});

describe("this machine's /dev/kmsg", () => {
  const opened = attempt(() => closeSync(openSync("/dev/kmsg", "r")));
  const host: Host = {
    roots: rootsBelow("/"),
    libc: null,
    libcProblem: null,
    now: monotonicNow,
    printkAhead: () => null,
  };
  const why = opened.kind === "ok" ? null : opened.kind;

  it("is read to its end, in order", async (context) => {
    if (why !== null) return context.skip(why);
    const evidence = await kmsg.observe(host);
    expect(evidence).toMatchObject({ health: "ok", detail: null });
    const stretches = stretchesIn(evidence);
    expect(stretches.length).toBeGreaterThan(0);
    for (const [index, { firstSeq, lastSeq, firstAt, lastAt, readAt }] of stretches.entries()) {
      expect(firstSeq).toBeLessThanOrEqual(lastSeq);
      expect(firstSeq).toBeGreaterThan(stretches[index - 1]?.lastSeq ?? -1);
      expect(firstAt ?? 0).toBeLessThanOrEqual((lastAt ?? 0) + 1);
      expect(readAt).toBeLessThanOrEqual(monotonicNow());
    }
  });

  it("is waited on, and a drain then returns only what is new", (context) => {
    if (why !== null) return context.skip(why);
    const follower = kmsg.follow?.(host) ?? null;
    expect(follower?.first.evidence.length).toBeGreaterThan(0);
    const drained = follower?.drain();
    follower?.close();
    expect(drained).toMatchObject({ health: "ok", more: true });
    expect(drained?.evidence.length).toBeLessThan(follower?.first.evidence.length ?? 0);
  });
});
