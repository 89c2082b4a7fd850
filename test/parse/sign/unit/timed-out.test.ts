import { describe, expect, it } from "vitest";
import type { At } from "../../../../src/parse/sign/line/at.ts";
import { SignList } from "../../../../src/parse/sign/sign-list.ts";
import { TroubleSigns } from "../../../../src/parse/sign/trouble-signs.ts";

type Line = readonly [number | null, string, number?];

/** The texts of signs that follow from a time-out, and those of all others, of systemd's lines. */
function split(...lines: readonly Line[]): { readonly late: readonly string[]; readonly other: readonly string[] } {
  const signs = new SignList();
  const trouble = new TroubleSigns(signs);
  for (const [line, text, at] of lines) {
    const now: At = { line, time: at ?? null, at: at ?? null };
    trouble.take({ program: "systemd", byKernel: false, text }, text, now, {
      bare: false,
      isOfUnit: false,
      isLogLine: true,
    });
  }
  const texts = (byTimeout: boolean): readonly string[] =>
    signs
      .list()
      .filter((sign) => sign.byTimeout === byTimeout)
      .map(({ text }) => text);
  return { late: texts(true), other: texts(false) };
}

const late = "web-example.service: Start operation timed out. Terminating.";
const failed = "Failed to start The Example Web Server.";
const told = "Failed to start The Example Web Server";

describe("TimedOutUnits", () => {
  it("counts all lines of systemd on a unit whose start took too long as following from that", () => {
    const lines = split([4, late], [5, failed], [6, "web-example.service: Unit entered failed state."]);
    expect(lines.other).toEqual([]);
    expect(lines.late).toHaveLength(3);
  });

  it("takes a description for that unit's once, and within six lines or a second of its latest line", () => {
    expect(split([4, late], [10, failed]).other).toEqual([]);
    expect(split([4, late], [11, failed]).other).toEqual([told]);
    expect(split([4, late], [5, failed], [6, "Failed to start Other Example."]).other).toEqual([
      "Failed to start Other Example",
    ]);
    expect(split([null, late, 90], [null, failed, 91]).other).toEqual([]);
    expect(split([null, late, 90], [null, failed, 91.5]).other).toEqual([told]);
    expect(split([null, late], [null, failed]).other).toEqual([told]);
  });

  it("leaves a description's failure to itself where no unit timed out", () => {
    expect(split([5, failed]).other).toEqual([told]);
    expect(split([4, late], [5, "mail.service: Failed with result 'exit-code'."]).other).toHaveLength(1);
  });

  it("compares units where systemd names one beside the description", () => {
    expect(split([4, late], [40, "Failed to start web-example.service - The Example Web Server."]).other).toEqual([]);
    expect(split([4, late], [5, "Failed to start mail.service - Mail."]).other).toHaveLength(1);
  });

  it("goes on from that unit's latest line, which may come after a second time-out", () => {
    const lines = split([4, late], [9, "web-example.service: State 'stop-sigterm' timed out. Killing."], [14, failed]);
    expect(lines.other).toHaveLength(1);
    expect(lines.late).toContain(told);
  });

  it("takes a description once more where the unit is started again and times out again", () => {
    expect(split([4, late], [5, failed], [8, late], [9, failed]).other).toEqual([]);
    expect(split([4, late], [5, failed], [9, failed]).other).toEqual([told]);
  });

  it("follows the unit that timed out last", () => {
    const lines = split(
      [4, late],
      [5, failed],
      [8, "db.service: start operation timed out. Terminating."],
      [9, "Failed to start Example DB."],
    );
    expect(lines.other).toEqual([]);
  });
});
