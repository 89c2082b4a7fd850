import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type Journal, openJournal } from "../../src/exporters/journal.ts";
import { loadLibc } from "../../src/platform/libc.ts";
import { journalEvents } from "../../src/render/journal/journal-events.ts";
import { startDaemon, stopDaemon } from "../support/running/daemon.ts";
import { until } from "../support/running/until.ts";
import { hostileNames } from "../support/inputs/hostile-names.ts";
import { bootId } from "../support/records/saved-state.ts";
import { startJournald, whyNoJournald } from "../support/running/journald.ts";

describe.skipIf(whyNoJournald !== null)(`a real journald ${whyNoJournald ?? ""}`, () => {
  it("stores what strangers call themselves byte for byte, in its own field, and entries of megabytes", async () => {
    const { socket, entries, journalctl } = await startJournald();
    const journal = journalAt(socket);
    for (const name of hostileNames) journal.send({ MESSAGE: "hostile", CRNGWATCH_COMM: name });
    journal.send({ MESSAGE: "large", LONG: "x\n".repeat(2_000_000) });
    journal.close();
    const stored = entries("MESSAGE=hostile");
    expect(
      stored.map(({ CRNGWATCH_COMM: comm }) =>
        typeof comm === "string" ? comm : Buffer.from(comm as number[]).toString(),
      ),
    ).toEqual(hostileNames.map((name) => Buffer.from(name).toString()));
    expect(stored.map(({ PRIORITY }) => PRIORITY ?? null)).toEqual(hostileNames.map(() => null));
    expect(entries("MESSAGE=forged")).toEqual([]);
    const [large] = entries("MESSAGE=large");
    expect(String(large?.["LONG"]).length).toBe(4_000_000);
    // The export format holds them too.
    expect(journalctl("--output=export", "MESSAGE=hostile").toString()).toContain(hostileNames[0]);
  });

  it("gets what it missed while it was away, late and in order", async () => {
    const { socket, entries, stop, start } = await startJournald();
    const journal = journalAt(socket);
    journal.send({ MESSAGE: "before", TEST: "away" });
    await stop();
    for (const index of [1, 2, 3]) journal.send({ MESSAGE: `away ${index}`, TEST: "away" });
    await start();
    // The timer of the queue, and no further entry, brings them.
    await until(
      () => "what it missed",
      () => entries("TEST=away").length === 4,
    );
    journal.close();
    expect(entries("TEST=away").map(({ MESSAGE }) => MESSAGE)).toEqual(["before", "away 1", "away 2", "away 3"]);
    expect(entries("TEST=away").map(({ CRNGWATCH_QUEUED_SECONDS: late }) => late !== undefined)).toEqual([
      false,
      true,
      true,
      true,
    ]);
  });

  it("that does not read blocks no one, and loses nothing", async () => {
    const { socket, entries, signal } = await startJournald();
    const journal = journalAt(socket);
    signal("SIGSTOP");
    // More than the kernel queues for it (net.unix.max_dgram_qlen).
    const count = Number(readFileSync("/proc/sys/net/unix/max_dgram_qlen", "utf8")) + 100;
    for (let index = 0; index < Math.min(count, 500); index++) journal.send({ MESSAGE: String(index), TEST: "full" });
    signal("SIGCONT");
    await until(
      () => "all entries",
      () => entries("TEST=full").length === Math.min(count, 500),
    );
    journal.close();
    expect(entries("TEST=full").map(({ MESSAGE }) => Number(MESSAGE))).toEqual(
      Array.from({ length: Math.min(count, 500) }, (_, index) => index),
    );
  });

  it("has the daemon's entries with their kinds and fields, those of the time when it was away too", async () => {
    const { withOutputInJournal, entries, stop, start } = await startJournald();
    const daemon = await startDaemon({ starter: withOutputInJournal });
    const own = {
      _TRANSPORT: "journal",
      SYSLOG_IDENTIFIER: "crngwatch",
      _PID: String(daemon.pid),
      DOCUMENTATION: "man:crngwatch-journal(7)",
    };
    expect(entries(`MESSAGE_ID=${journalEvents.started.id}`)).toMatchObject([
      { ...own, PRIORITY: "6", CRNGWATCH_LEVEL: "unknown" },
    ]);
    await stop();
    await start();
    expect(await stopDaemon(daemon)).toBe(0);
    expect(daemon.output()).toBe("");
    const [summary, ...others] = entries(`MESSAGE_ID=${journalEvents["boot-summary"].id}`);
    expect(others).toEqual([]);
    expect(summary).toMatchObject({ ...own, CRNGWATCH_BOOT_ID: bootId() });
    expect(JSON.parse(String(summary?.["CRNGWATCH_RECORD"]))).toMatchObject({
      bootId: bootId(),
      self: { pid: daemon.pid },
    });
    // Not a byte came by standard output.
    expect(entries("SYSLOG_IDENTIFIER=from-stdout")).toEqual([]);
  });

  it("that is not there stops nothing", async () => {
    const { withOutputInJournal, stop } = await startJournald();
    const daemon = await startDaemon({ starter: withOutputInJournal });
    await stop();
    expect(await stopDaemon(daemon)).toBe(0);
  });
});

function journalAt(socket: string): Journal {
  const libc = loadLibc();
  if (typeof libc === "string") throw new Error(libc);
  return openJournal(libc, { socket, seconds: () => performance.now() / 1000 });
}
