import { describe, expect, it } from "vitest";
import { quotedLine } from "../../../../src/parse/log/line/quoted-line.ts";
import { LogReader } from "../../../../src/parse/log/log-reader.ts";

const ready = { kind: "ready" };

describe("quotedLine: what a sentence quotes of the kernel's log", () => {
  it.each([
    ["It takes 95 seconds until `random: crng init done` appears.", "random: crng init done"],
    ['Boot hang after "random: crng init done"', "random: crng init done"],
    ["I see “random: nonblocking pool is initialized” and then the prompt.", "random: nonblocking pool is initialized"],
    ["There was no output. Then I got `random: crng init done`.", "random: crng init done"],
  ])("'%s' says that it was ready", (text, quoted) => {
    const found = quotedLine(text);
    expect(found).toMatchObject({ message: ready, line: { origin: "kernel", quoted: true } });
    expect(found?.line.text).toBe(quoted);
  });

  it.each([
    "I never see `random: crng init done`.",
    "Do you see `random: crng init done`?",
    "It hangs, and `random: crng init done` should come next.",
    "The log has `random: systemd: uninitialized urandom read (16 bytes read)`.",
    "Newer kernels print `random: crng done (trusting CPU's manufacturer)`.",
  ])("'%s' quotes a line, and does not say that it was ready", (text) => {
    expect(quotedLine(text)).toMatchObject({ message: null, line: { origin: "kernel" } });
  });

  it("is a line with a stamp, up to the mark that closes the quotation", () => {
    const found = quotedLine('The last line is "[    2.345678] EXT4-fs (sda1): mounted", and it stays there.');
    expect(found).toMatchObject({
      message: null,
      line: { at: 2.345678, text: "EXT4-fs (sda1): mounted", quoted: true },
    });
  });

  it("is nothing in talk about random numbers, or in a long text", () => {
    expect(quotedLine("It needs `random: bytes`, crng init and more.")).toBeNull();
    expect(quotedLine("See the talk about random: crng init done in the list.")).toBeNull();
    expect(quotedLine("`random: crng init done` appears".padEnd(601))).toBeNull();
  });
});

describe("LogReader: a text that is prose alone", () => {
  const bootOf = (...lines: readonly string[]) => {
    const reader = new LogReader("boot.log");
    reader.push(Buffer.from(`${lines.join("\n")}\n`));
    return reader.end()[0];
  };

  it("shows what it quotes, without a time", () => {
    expect(bootOf("Hello,", "after a while I got `random: crng init done`, and then a prompt.")).toMatchObject({
      readiness: { level: "ready", readyAt: null, line: 2 },
      course: { logLines: 1 },
    });
    expect(bootOf("Hello,", 'it stops at "[    2.345678] EXT4-fs (sda1): mounted".')).toMatchObject({
      readiness: { level: "unknown" },
      course: { logLines: 1, last: { at: 2.345678 } },
    });
  });

  it("shows nothing of it beside lines of a log", () => {
    const prose = "after a while I got `random: crng init done`, and then a prompt.";
    for (const line of ["[    1.000000] usb 1-1: new device", "[  OK  ] Reached target Swaps."])
      expect(bootOf(prose, line)?.readiness.level).toBe("unknown");
  });

  it("is no log where it only talks about the kernel", () => {
    expect(bootOf("Hello,", "what does random mean in the kernel's log?")?.course?.logLines).toBe(0);
  });
});
