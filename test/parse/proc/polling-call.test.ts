import { describe, expect, it } from "vitest";
import { parsePollingCall } from "../../../src/parse/proc/polling-call.ts";
import { callLine } from "../../support/inputs/proc-lines.ts";

describe("the call that a task sleeps in", () => {
  it.each([
    ["poll", "x64", callLine(7, 0x7ffd3f0a2c00, 2, 0xffffffff), { by: "poll", address: 0x7ffd3f0a2c00n, count: 2 }],
    ["ppoll", "x64", callLine(271, 0x7ffd3f0a2c00, 1), { by: "poll", address: 0x7ffd3f0a2c00n, count: 1 }],
    ["ppoll", "arm64", callLine(73, 0x7ffd3f0a2c00, 1), { by: "poll", address: 0x7ffd3f0a2c00n, count: 1 }],
    [
      "select",
      "x64",
      callLine(23, 9, 0x1000, 0, 0x2000),
      { by: "select", addresses: [0x1000n, 0n, 0x2000n], count: 9 },
    ],
    ["epoll_wait", "x64", callLine(232, 4, 0x7ffd3f0a2c00, 64, 0xffffffff), { by: "epoll", descriptor: 4 }],
    ["pselect6", "x64", callLine(270, 9, 0x1000), { by: "select", addresses: [0x1000n, 0n, 0n], count: 9 }],
    ["pselect6", "arm64", callLine(72, 9, 0x1000), { by: "select", addresses: [0x1000n, 0n, 0n], count: 9 }],
    ["epoll_pwait", "x64", callLine(281, 4), { by: "epoll", descriptor: 4 }],
    ["epoll_pwait2", "x64", callLine(441, 4), { by: "epoll", descriptor: 4 }],
    ["epoll_pwait", "arm64", callLine(22, 4), { by: "epoll", descriptor: 4 }],
    ["epoll_pwait2", "arm64", callLine(441, 4), { by: "epoll", descriptor: 4 }],
  ] as const)("%s on %s", (_name, architecture, text, expected) => {
    expect(parsePollingCall(text, architecture)).toEqual(expected);
  });

  it.each([["running\n"], ["-1 0x7ffd3f0a2b58 0x7f1c2d8e1a9f\n"], [callLine(0, 3)], ["7 0x1 0x2\n"], [""]])(
    "is none of these: %j",
    (text) => {
      expect(parsePollingCall(text, "x64")).toBeNull();
    },
  );

  it("is not known by its number on an architecture that is not known", () => {
    expect(parsePollingCall(callLine(7, 1, 1), "s390x")).toBeNull();
  });
});
