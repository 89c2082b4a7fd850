import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parseTaskStatus } from "../../../src/parse/proc/proc-status.ts";
import { anyText } from "../../support/inputs/any-text.ts";

const status = (name: string, ids = "NStgid:\t812\t7\nNSpid:\t815\t9\n"): string =>
  `Name:\t${name}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t812\nNgid:\t0\nPid:\t815\nPPid:\t1\nTracerPid:\t0\nUid:\t998\t998\t998\t998\nGid:\t998\t998\t998\t998\nFDSize:\t64\nGroups:\t \n${ids}VmPeak:\t  22312 kB\nThreads:\t11\n`;

describe("/proc/PID/status", () => {
  it("shows a thread's process, its owner, and its numbers from outside in", () => {
    expect(parseTaskStatus(status("gpgv"))).toEqual({
      processId: 812,
      userId: 998,
      namespaceIds: [815, 9],
      voluntarySwitches: null,
    });
  });

  it("shows no namespaces before 4.1", () => {
    expect(parseTaskStatus(status("gpgv", ""))).toMatchObject({ processId: 812, namespaceIds: [] });
  });

  it.each(["a\\nTgid:\\t1", "Tgid:\t1", "x\tTgid:\t1", ""])("whatever the task calls itself: %j", (name) => {
    expect(parseTaskStatus(status(name))).toMatchObject({ processId: 812 });
  });

  it("is null where the text is none", () => {
    for (const text of ["", "Tgid:\t812\n", "Name:\tx\nTgid:\tx\n", "\nTgid:"])
      expect(parseTaskStatus(text)).toBeNull();
    fc.assert(fc.property(anyText(), (text) => parseTaskStatus(text) === null || text.includes("Tgid")));
  });
});
