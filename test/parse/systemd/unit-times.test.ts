import { describe, expect, it } from "vitest";
import { parseUnitTimes } from "../../../src/parse/systemd/unit-times.ts";

const manager = "UserspaceTimestampMonotonic=2100000\nFinishTimestampMonotonic=9500000\n";
const unit = (name: string, started: number, active: number, after = ""): string =>
  `Id=${name}\nAfter=${after}\nInactiveExitTimestampMonotonic=${started}\nActiveEnterTimestampMonotonic=${active}\n`;

describe("parseUnitTimes", () => {
  it("reads the manager's and each unit's stamps as seconds, in the order in which the units started", () => {
    const text = [unit("b.service", 3_000_000, 4_500_000, "a.service"), unit("a.service", 2_500_000, 3_000_000)].join(
      "\n",
    );
    expect(parseUnitTimes(manager, text)).toEqual({
      initrdAt: null,
      userspaceAt: 2.1,
      finishedAt: 9.5,
      silences: null,
      units: [
        { name: "a.service", startedAt: 2.5, doneAt: 3, after: [] },
        { name: "b.service", startedAt: 3, doneAt: 4.5, after: ["a.service"] },
      ],
    });
  });

  it("has units that started at the same moment in the order of their names", () => {
    const names = ["b.service", "c.service", "a.service"];
    const text = names.map((name) => unit(name, 2_500_000, 3_000_000)).join("\n");
    expect(parseUnitTimes(manager, text)?.units.map(({ name }) => name)).toEqual(names.toSorted());
  });

  it("leaves out units that never started or started after the boot was finished, also from what others are after", () => {
    const text = [
      unit("never.service", 0, 0),
      unit("later.service", 9_600_000, 9_700_000),
      unit("a.service", 2_500_000, 3_000_000, "never.service later.service a.service shutdown.target"),
    ].join("\n");
    expect(parseUnitTimes(manager, text)?.units).toEqual([{ name: "a.service", startedAt: 2.5, doneAt: 3, after: [] }]);
  });

  it("regards a oneshot service as done when it is inactive again", () => {
    const text = `${unit("oneshot.service", 2_500_000, 0)}InactiveEnterTimestampMonotonic=2750000\n`;
    expect(parseUnitTimes(manager, text)?.units).toMatchObject([{ startedAt: 2.5, doneAt: 2.75 }]);
  });

  it("has no end of a unit that is being started, also where it was active before", () => {
    const text = [unit("young.service", 2_500_000, 0), unit("again.service", 6_000_000, 3_000_000)].join("\n");
    expect(parseUnitTimes(manager, text)?.units.map(({ doneAt }) => doneAt)).toEqual([null, null]);
  });

  it("has no end of a boot that is not finished", () => {
    expect(parseUnitTimes("UserspaceTimestampMonotonic=1\nFinishTimestampMonotonic=0\n", "")?.finishedAt).toBeNull();
  });

  it("is null of a text that is not systemctl's", () => {
    for (const text of ["", "Failed to connect to bus", "=\n=\n"]) expect(parseUnitTimes(text, text)).toBeNull();
  });
});
