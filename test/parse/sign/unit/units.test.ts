import { describe, expect, it } from "vitest";
import type { At } from "../../../../src/parse/sign/line/at.ts";
import { Units } from "../../../../src/parse/sign/unit/units.ts";

const at = (line: number, time: number | null): At => ({ line, time, at: time });
/** Lines of a log, one after the other: a stamp, and what systemd says; `null`: the CRNG is ready. */
function read(lines: readonly (readonly [time: number | null, text: string | null])[]): {
  readonly units: Units;
  readonly end: At;
} {
  const units = new Units();
  let end = at(0, null);
  for (const [index, [time, text]] of lines.entries()) {
    end = at(index + 1, time);
    if (text === null) units.ready(end);
    else units.take({ program: "systemd", byKernel: false, text }, 0, end);
  }
  return { units, end };
}
const waitsOf = (...lines: Parameters<typeof read>[0]): unknown => {
  const { units, end } = read(lines);
  return units.waits(end);
};
const [starts, finishes] = ["Starting Load/Save Random Seed...", "Finished Load/Save Random Seed."];
/** The unit's name, and its description, which is all that these lines have. */
const seed = "systemd-random-seed.service (Load/Save Random Seed)";

describe("Units: a unit that waits for the CRNG by its nature", () => {
  it("waited from its start until the CRNG was ready, where it finished right after", () => {
    expect(waitsOf([2, starts], [40, null], [40.1, finishes])).toMatchObject([
      { name: seed, line: 1, at: 2, seconds: 38, open: false, proof: "shown" },
    ]);
    expect(
      waitsOf(
        [2, "Starting Generate SSH keys (ssh-keygen)..."],
        [40, null],
        [40.1, "Finished Generate SSH keys (ssh-keygen)."],
      ),
    ).toMatchObject([{ seconds: 38, proof: "likely" }]);
  });

  it("did not wait where it was started less than a second before", () => {
    expect(waitsOf([39.001, starts], [40, null], [40.1, finishes])).toEqual([]);
    expect(waitsOf([39, starts], [40, null], [40.1, finishes])).toHaveLength(1);
  });

  it("did not wait for a ready CRNG, unless it makes keys, which may be the old kernels' blocking pool", () => {
    const others = [
      [null, "Reached target A."],
      [null, "Reached target B."],
    ] as const;
    expect(waitsOf([null, null], [null, starts], ...others)).toEqual([]);
    expect(waitsOf([null, starts], [null, null], ...others)).toHaveLength(1);
    expect(waitsOf([null, null], [null, "Starting Generate SSH keys (ssh-keygen)..."], ...others)).toHaveLength(1);
  });

  it("finished with the CRNG within a second and six lines of readiness", () => {
    const released = (seconds: number, linesBetween: number): boolean => {
      const between = Array.from({ length: linesBetween }, () => [40, "Reached target A."] as const);
      return read([[38, starts], [40, null], ...between, [40 + seconds, finishes]]).units.atReady.released.length > 0;
    };
    expect([released(1, 0), released(1.001, 0), released(0.5, 5), released(0.5, 6)]).toEqual([
      true,
      false,
      true,
      false,
    ]);
  });

  it("is released with fifteen others at most: that many are named", () => {
    const units = Array.from({ length: 20 }, (_, index) => `Load/Save Random Seed ${index}`);
    const { units: read20 } = read([
      ...units.map((name) => [38, `Starting ${name}...`] as const),
      [40, null],
      ...units.map((name) => [40, `Finished ${name}.`] as const),
    ]);
    expect(read20.atReady.released).toHaveLength(16);
  });

  it("is open for a time that is named where its lines have one", () => {
    const others = ["A", "B", "C"].map((name) => [2, `Mounted ${name}.`] as const);
    expect(waitsOf([2, starts], ...others, [4, "Reached target D."])).toMatchObject([
      { text: "'Load/Save Random Seed' was started and did not finish in the 2 s until the log ends" },
    ]);
  });

  it("is released, too, where only its end is in the log", () => {
    expect(
      read([
        [40, null],
        [40.1, finishes],
      ]).units.atReady.released,
    ).toEqual([seed]);
    expect(
      read([
        [40, null],
        [40.1, "Finished Other Unit."],
      ]).units.atReady.released,
    ).toEqual([]);
    expect(read([[40.1, finishes]]).units.atReady.released).toEqual([]);
  });

  it("is likely to have waited where it took five seconds apart from readiness", () => {
    expect(waitsOf([2, starts], [7, finishes])).toMatchObject([{ name: seed, seconds: 5, proof: "likely" }]);
    expect(waitsOf([2, starts], [6.999, finishes])).toEqual([]);
    expect(waitsOf([2, "Starting Database..."], [60, "Started Database."])).toEqual([]);
    expect(
      read([
        [2, starts],
        [7, finishes],
      ]).units.seed.took,
    ).toBe(5);
    // By a systemd of which it is not known whether that unit waits.
    const before245 = read([
      [2, starts],
      [2.1, finishes.replace("Finished", "Started")],
    ]);
    expect(before245.units.seed.took).toBeNull();
  });

  it("did not wait where two others, which draw nothing, took half as long at least in the same time", () => {
    const slow = (others: number, until: number): unknown =>
      waitsOf(
        [10, "Starting Apply Kernel Variables..."],
        [10, "Starting Create System Users..."],
        [10, starts],
        ...["Apply Kernel Variables", "Create System Users"]
          .slice(0, others)
          .map((name) => [until, `Finished ${name}.`] as const),
        [110, finishes],
      );
    expect(slow(2, 60)).toEqual([]);
    expect(slow(2, 59)).toHaveLength(1);
    expect(slow(1, 60)).toHaveLength(1);
  });

  it("does not wait at the log's end where two others, which draw nothing, have not finished either", () => {
    const open = (other: string): unknown =>
      waitsOf(
        [10, "Starting Apply Kernel Variables..."],
        [10, `Starting ${other}...`],
        [10, starts],
        [99, "Reached target A."],
      );
    expect(open("Create System Users")).toEqual([]);
    expect(open("OpenSSH rsa Server Key Generation")).toHaveLength(2);
  });

  it("is cut off, and shows nothing, where less than two seconds of the log follow, or five of one that makes keys", () => {
    const others = (until: number) =>
      [
        [2.5, "Reached target A."],
        [until, "Reached target B."],
      ] as const;
    const keys = "Starting OpenSSH rsa Server Key Generation...";
    expect([waitsOf([2, starts], ...others(3.99)), waitsOf([2, keys], ...others(6.99))]).toEqual([[], []]);
    expect(waitsOf([2, keys], ...others(7))).toMatchObject([{ open: true, seconds: 5 }]);
    expect(waitsOf([null, starts], [null, "Reached target A."], [null, "Reached target B."])).toHaveLength(1);
  });

  it("still waits at the log's end where two others finished meanwhile, or ten seconds passed", () => {
    const other = (time: number, name: string): readonly [number, string] => [time, `Reached target ${name}.`];
    expect(waitsOf([2, starts], other(3, "A"))).toEqual([]);
    expect(waitsOf([2, starts], other(3, "A"), other(4, "B"))).toMatchObject([{ open: true, seconds: 2 }]);
    expect(waitsOf([2, starts], other(11.999, "A"))).toEqual([]);
    expect(waitsOf([2, starts], other(12, "A"))).toMatchObject([{ open: true, seconds: 10 }]);
  });
});

describe("Units: lines", () => {
  it("are read from systemd alone, or from a console's status lines", () => {
    const units = new Units();
    const take = (program: string | null, text: string, indent = 0): boolean =>
      units.take({ program, byKernel: false, text }, indent, at(1, 1));
    expect(take("systemd", starts)).toBe(true);
    expect(take("app", starts)).toBe(false);
    expect([take(null, starts, 3), take(null, starts, 4)]).toEqual([false, true]);
    expect([take(null, finishes), take(null, `[  OK  ] ${finishes}`)]).toEqual([false, true]);
  });

  it("without a stamp are counted", () => {
    expect(
      read([
        [null, "Reached target A."],
        [1, "Reached target B."],
        [null, finishes],
      ]).units.unstampedDone,
    ).toBe(2);
  });

  it("are joined where a console shortened the name in the middle", () => {
    const [long, short] = [
      "systemd-random-seed.service - Load/Save Random Seed",
      "systemd-random-seed.ser…ce - Load/Save Random Seed",
    ];
    expect(waitsOf([2, `Starting ${short}...`], [40, null], [40.1, `Finished ${long}.`])).toHaveLength(1);
  });

  it("of a unit that did not finish are named at the end", () => {
    const { units, end } = read([
      [1, "Starting Database..."],
      [11, "Reached target A."],
    ]);
    expect(units.unfinished(end)).toEqual([{ name: "Database", line: 1, at: 1 }]);
    const early = read([
      [1, "Starting Database..."],
      [10.999, "Reached target A."],
    ]);
    expect(early.units.unfinished(early.end)).toEqual([]);
  });
});

describe("Units: a console's line on a job that is running", () => {
  const jobs = (...texts: readonly string[]): unknown => {
    const units = new Units();
    for (const [index, text] of texts.entries()) units.jobs.take(text, at(index + 1, null));
    return units.waits(at(texts.length, null));
  };

  it("is a wait of a unit that waits by its nature, from five seconds on, with the last time and the first line", () => {
    expect(
      jobs(
        "[*     ] A start job is running for Load/Save Random Seed (4s / no limit)",
        "[ *    ] A start job is running for Load/Save Random Seed (1min 5s / no limit)",
      ),
    ).toMatchObject([{ name: seed, line: 1, seconds: 65, open: true, proof: "shown" }]);
    expect(jobs("[***   ] A start job is running for Load/Save Random Seed (4s / no limit)")).toEqual([]);
    expect(jobs("[***   ] A start job is running for Load/Save Random Seed (5s / no limit)")).toHaveLength(1);
    expect(jobs("[***   ] A start job is running for Database (1min 5s / no limit)")).toEqual([]);
  });

  it("is kept for 16 units", () => {
    const texts = Array.from(
      { length: 20 },
      (_, index) => `A start job is running for Host key ${index} (9s / no limit)`,
    );
    expect(jobs(...texts)).toHaveLength(16);
  });
});
