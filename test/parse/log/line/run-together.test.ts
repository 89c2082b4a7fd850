import { describe, expect, it } from "vitest";
import { runTogether } from "../../../../src/parse/log/line/run-together.ts";
import { LogReader } from "../../../../src/parse/log/log-reader.ts";

const folded = "[    0.071334] usb 1-1: new device [ 5.086631] sda: sda1 [ 35.142634] random: crng init done";

describe("runTogether: lines of the kernel's that lost the line ends between them", () => {
  it("are as many as there are stamps, three at least", () => {
    expect(runTogether(folded)).toEqual([
      "[    0.071334] usb 1-1: new device",
      "[ 5.086631] sda: sda1",
      "[ 35.142634] random: crng init done",
    ]);
    expect(runTogether(folded.slice(0, 60))).toHaveLength(1);
  });

  it("keep what is in front of the first one, and a level in front of a stamp", () => {
    expect(runTogether("host kernel: <6>[ 1.000000] a <4>[ 2.000000] b <6>[ 2.000000] c")).toEqual([
      "host kernel: <6>[ 1.000000] a",
      "<4>[ 2.000000] b",
      "<6>[ 2.000000] c",
    ]);
  });

  it.each([
    ["whose stamps run back", "[ 9.000000] a [ 2.000000] b [ 3.000000] c"],
    ["of a program", "agent[71]: [ 1.000000] a [ 2.000000] b [ 3.000000] c"],
    ["that quotes what a user wrote", '[ 1.000000] mount: option "x [ 2.000000] random: crng init done [ 3.000000] y"'],
    ["with stamps within words", "[ 1.000000] a [ 2.000000] b=[ 3.000000]"],
    ["without a stamp", "foo [bar] [baz] [qux]"],
  ])("are none in a line %s", (_what, text) => {
    expect(runTogether(text)).toEqual([text]);
  });

  it("are read as lines of a log, all in the line in which they stand", () => {
    const reader = new LogReader("boot.log");
    reader.push(Buffer.from(`My board:\n> ${folded}\n`));
    expect(reader.end()).toMatchObject([{ readiness: { level: "ready", readyAt: 35.142634, line: 2 } }]);
  });
});
