import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../../src/core/boot-record.ts";
import { readyByWall } from "../../../src/core/fold/ready-by-wall.ts";
import { fold } from "../../../src/core/fold/fold.ts";
import { extent, readyLine } from "../../support/records/evidence-of.ts";

type Covers = NonNullable<ReturnType<typeof extentOf>["covers"]>;
const extentOf = () => fold(emptyRecord(), [extent(60), readyLine(5)]).record;
type Moments = Parameters<typeof readyByWall>[1];
const unknown: Moments = { readyAt: null, notBefore: null, notAfter: null, noted: null };

describe("readyByWall: of the host that runs", () => {
  const host = { ...emptyRecord(), covers: null, host: { bootedAt: "2023-02-03T12:00:00Z" } } as unknown as Parameters<
    typeof readyByWall
  >[0];

  it("is a second around the boot's start, which /proc gives in whole seconds, and that long after it", () => {
    expect(readyByWall(host, { ...unknown, readyAt: 5, notBefore: 5, notAfter: 5 })).toEqual({
      notBefore: "2023-02-03T12:00:04Z",
      notAfter: "2023-02-03T12:00:06Z",
    });
    expect(readyByWall(host, { ...unknown, notBefore: 2, notAfter: 5 })).toEqual({
      notBefore: "2023-02-03T12:00:01Z",
      notAfter: "2023-02-03T12:00:06Z",
    });
  });

  it("has no lower end where that is only the boot's start, and is not known without an upper one", () => {
    expect(readyByWall(host, { ...unknown, notBefore: 0, notAfter: 5 })).toEqual({
      notBefore: null,
      notAfter: "2023-02-03T12:00:06Z",
    });
    expect(readyByWall(host, { ...unknown, notBefore: 2 })).toBeNull();
    expect(readyByWall({ ...host, host: null }, { ...unknown, notAfter: 5 })).toBeNull();
  });
});

describe("readyByWall: of a log that the wall clock alone stamps", () => {
  const withWall = (wall: Partial<NonNullable<Covers["wall"]>>) => {
    const record = extentOf();
    const clock = {
      shows: "date",
      zone: "Z",
      began: null,
      first: "2023-02-03T12:00:00Z",
      resolution: 1,
      sinceWriter: true,
      adjusted: null,
      ...wall,
    };
    return { ...record, covers: { ...(record.covers as Covers), wall: clock } } as unknown as typeof record;
  };
  const noted = (seconds: number): Moments => ({ ...unknown, noted: { clock: "wall", seconds } });

  it("is within the second before its stamp's end, which its writer takes to read a line", () => {
    expect(readyByWall(withWall({}), noted(5))).toEqual({
      notBefore: "2023-02-03T12:00:05Z",
      notAfter: "2023-02-03T12:00:06Z",
    });
    // What was said before the writer started has the stamp of that start.
    expect(readyByWall(withWall({}), noted(1))).toMatchObject({ notBefore: null });
    expect(readyByWall(withWall({}), noted(1.5))).not.toMatchObject({ notBefore: null });
  });

  it("is up to two fractions after a stamp of dmesg's, which adds two numbers without theirs", () => {
    expect(readyByWall(withWall({ sinceWriter: false }), noted(5))).toEqual({
      notBefore: "2023-02-03T12:00:05Z",
      notAfter: "2023-02-03T12:00:07Z",
    });
  });

  it("is not known where the clock was set back, shows no time, or the line has another stamp", () => {
    for (const wall of [{ adjusted: "back" }, { shows: null }, { first: null }] as const)
      expect(readyByWall(withWall(wall as object), noted(5))).toBeNull();
    expect(readyByWall(withWall({}), unknown)).toBeNull();
  });
});
