import { describe, expect, it } from "vitest";
import { Direction } from "../../../../src/parse/sign/course/direction.ts";
import type { Stamps } from "../../../../src/parse/sign/line/stamps.ts";

/** A text is a line that is no log's. */
function isNewestFirst(...lines: readonly (Stamps | string)[]): boolean {
  const direction = new Direction();
  for (const line of lines) {
    if (typeof line === "string") direction.takeBare(line);
    else direction.take(line);
  }
  return direction.newestFirst;
}

describe("Direction", () => {
  it("is upwards where the stamps fall and never rise", () => {
    expect(isNewestFirst({ wall: 9 }, { wall: 9 }, {}, { wall: 5 }, { wall: 4 })).toBe(true);
    expect(isNewestFirst({ journal: 9.5 }, { journal: 5.25 })).toBe(true);
  });

  it("is not upwards where a clock runs, and was set back, or stands still", () => {
    expect(isNewestFirst({ wall: 9 }, { wall: 5 }, { wall: 6 })).toBe(false);
    expect(isNewestFirst({ wall: 9 }, { wall: 9 })).toBe(false);
    expect(isNewestFirst({ wall: 9 })).toBe(false);
    expect(isNewestFirst({ printk: 2, wall: 9 }, { printk: 3, wall: 5 })).toBe(false);
  });

  it.each([
    "```",
    "~~~ text",
    "$ journalctl -u mail.service",
    "root@box:~# systemctl status mail.service",
    "● mail.service - Example mail",
    "* mail.service - Example mail",
    "Active: active (running) since Mon",
    "-- Logs begin at Mon, end at Tue. --",
  ])("is not seen from one paste to the next, between which stands %s", (border) => {
    expect(isNewestFirst({ wall: 9 }, { wall: 9 }, border, { wall: 5 }, { wall: 5 })).toBe(false);
    expect(isNewestFirst({ wall: 9 }, { wall: 7 }, border, { wall: 5 })).toBe(true);
  });

  it.each(["the rest of a wrapped line", "it hangs here", "#1 is this one", "--", "Actively: so"])(
    "is seen across other lines, such as %s",
    (text) => {
      expect(isNewestFirst({ wall: 9 }, text, { wall: 5 })).toBe(true);
    },
  );
});
