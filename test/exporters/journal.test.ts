import { fstatSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { isJournalStream, openJournal } from "../../src/exporters/journal.ts";
import { openLog, toJournal, toLines } from "../../src/exporters/log-lines.ts";
import { temporaryFolder } from "../support/host/host-folder.ts";

/** A journald that answers so: null takes an entry, a name is an errno. */
function journald(answer: (bytes: number) => string | null): {
  readonly taken: string[];
  readonly sealed: string[];
  readonly sendDatagram: (address: string, payload: string | Uint8Array) => string | null;
  readonly sendSealed: (address: string, payload: Uint8Array) => string | null;
} {
  const [taken, sealed]: [string[], string[]] = [[], []];
  return {
    taken,
    sealed,
    sendDatagram(_address, payload) {
      const failure = answer(payload.length);
      if (failure === null) taken.push(Buffer.from(payload).toString());
      return failure;
    },
    sendSealed(_address, payload) {
      sealed.push(Buffer.from(payload).toString());
      return null;
    },
  };
}

const options = { socket: "/nowhere", seconds: () => 1 };

describe("the journal", () => {
  it("is sent what it did not accept once it is there again, in order, with how late that is", () => {
    let there = false;
    let now = 10;
    const libc = journald(() => (there ? null : "ECONNREFUSED"));
    const journal = openJournal(libc, { socket: "/nowhere", seconds: () => now });
    journal.send({ MESSAGE: "a" });
    journal.send({ MESSAGE: "b" });
    [there, now] = [true, 12.5];
    journal.send({ MESSAGE: "c" });
    expect(libc.taken).toEqual([
      "MESSAGE=a\nCRNGWATCH_QUEUED_SECONDS=2.500\n",
      "MESSAGE=b\nCRNGWATCH_QUEUED_SECONDS=2.500\n",
      "MESSAGE=c\n",
    ]);
    journal.close();
  });

  it("is tried again each second while something waits, and runs no timer afterwards", () => {
    vi.useFakeTimers();
    try {
      let there = false;
      const libc = journald(() => (there ? null : "EAGAIN"));
      const journal = openJournal(libc, options);
      journal.send({ MESSAGE: "a" });
      vi.advanceTimersByTime(3_000);
      expect(libc.taken).toEqual([]);
      there = true;
      vi.advanceTimersByTime(1_000);
      expect(libc.taken).toEqual(["MESSAGE=a\nCRNGWATCH_QUEUED_SECONDS=0.000\n"]);
      expect(vi.getTimerCount()).toBe(0);
      journal.close();
    } finally {
      vi.useRealTimers();
    }
  });

  it("has a bound to what waits; what was lost is counted and reported", () => {
    let there = false;
    const libc = journald(() => (there ? null : "ENOENT"));
    const journal = openJournal(libc, options);
    for (let index = 0; index < 600; index++) journal.send({ MESSAGE: String(index) });
    there = true;
    journal.close();
    expect(libc.taken).toHaveLength(513);
    expect(libc.taken.slice(-2).map((entry) => entry.split("\n")[0])).toEqual(["MESSAGE=511", "PRIORITY=4"]);
    expect(libc.taken.at(-1)).toMatch(/^MESSAGE=88 entries before this one were lost: [^\n]+\nCRNGWATCH_LOST=88$/m);
  });

  it("is given by a sealed file what is too large for a datagram", () => {
    const libc = journald((bytes) => (bytes > 1000 ? "EMSGSIZE" : null));
    const journal = openJournal(libc, options);
    journal.send({ MESSAGE: "x".repeat(2000) });
    expect(libc.sealed.map((entry) => entry.length)).toEqual([2009]);
    journal.close();
  });

  it("loses what it may not have, and goes on", () => {
    let allowed = false;
    const libc = journald(() => (allowed ? null : "EACCES"));
    const journal = openJournal(libc, options);
    journal.send({ MESSAGE: "a" });
    allowed = true;
    journal.send({ MESSAGE: "b" });
    expect(libc.taken.map((entry) => entry.split("\n").at(-2))).toEqual(["CRNGWATCH_LOST=1", "MESSAGE=b"]);
    journal.close();
  });
});

describe("a stream that goes to the journal", () => {
  it("is that of which systemd named device and inode", () => {
    const path = join(temporaryFolder(), "stream");
    writeFileSync(path, "");
    const fd = openSync(path, "r");
    const { dev, ino } = fstatSync(fd, { bigint: true });
    expect(isJournalStream(fd, `${dev}:${ino}`)).toBe(true);
    expect(isJournalStream(fd, `${dev}:${ino + 1n}`)).toBe(false);
    // Inherited from a service whose output it is not any more.
    expect(isJournalStream(fd, undefined)).toBe(false);
  });
});

describe("the one logging call", () => {
  const line = (out: string[]): NodeJS.WriteStream =>
    ({
      writableLength: 0,
      on: () => undefined,
      write: (text: string) => out.push(text),
    }) as unknown as NodeJS.WriteStream;

  it("gives the journal its fields, and a person the text", () => {
    const libc = journald(() => null);
    openLog(toJournal(openJournal(libc, options))).warn({ journal: { CRNGWATCH_PID: "1" } }, "100% sure");
    expect(libc.taken).toEqual(["MESSAGE=100% sure\nPRIORITY=4\nSYSLOG_IDENTIFIER=crngwatch\nCRNGWATCH_PID=1\n"]);
    const out: string[] = [];
    openLog(toLines(line(out), { priority: false })).notice({ journal: { CRNGWATCH_PID: "1" } }, "text");
    openLog(toLines(line(out), { priority: true })).notice("text");
    expect(out).toEqual(["text\n", "<5>text\n"]);
  });
});
