import { describe, expect, it } from "vitest";
import { type Diagnosed } from "../../../src/core/boot-record.ts";
import { bootsText } from "../../../src/render/text/boots-text.ts";
import { plain } from "../../../src/render/text/layout.ts";
import { reportText } from "../../../src/render/text/report-text.ts";
import { answer } from "../../../src/render/verdict.ts";
import { extent, readyLine, urandomRead } from "../../support/records/evidence-of.ts";
import { diagnosedOf } from "../../support/records/record-of.ts";

const bootOf = (file: string, firstLine: number | null, lastLine: number | null, at = 3): Diagnosed =>
  diagnosedOf(extent(40, { file, firstLine, lastLine }), readyLine(at));

const textOf = (records: readonly Diagnosed[]): string => bootsText(records, "full", plain);

describe("the stories of boots", () => {
  it("are the report alone for the boot that runs", () => {
    const live = diagnosedOf(readyLine(3));
    expect(textOf([live])).toBe(reportText(live));
  });

  it("have their log's name and lines above them", () => {
    const boot = bootOf("/var/log/kern.log", 7, 900);
    expect(textOf([boot])).toBe(`/var/log/kern.log, lines 7 to 900\n${reportText(boot)}`);
  });

  it("have no lines where the log has none", () => {
    const boot = bootOf("system.journal", null, null);
    expect(textOf([boot])).toBe(`system.journal\n${reportText(boot)}`);
  });

  it("have a list in front, and numbers within each log that has several", () => {
    const [first, second, other] = [
      bootOf("a.log", 1, 9),
      diagnosedOf(extent(40, { file: "a.log", firstLine: 10, lastLine: 20 }), urandomRead(3)),
      bootOf("b.log", 1, 5),
    ];
    const titles = ["a.log, boot 1 of 2, lines 1 to 9", "a.log, boot 2 of 2, lines 10 to 20", "b.log, lines 1 to 5"];
    const list = [first, second, other].map((boot, index) => `${titles[index]}: ${answer(boot)}\n`).join("");
    const stories = [first, second, other].map((boot, index) => `\n${titles[index]}\n${reportText(boot)}`).join("");
    expect(textOf([first, second, other])).toBe(list + stories);
  });

  it("are the list alone where they are too many, and say where the stories are", () => {
    const boots = Array.from({ length: 11 }, (_, index) => bootOf("a.log", index * 10 + 1, index * 10 + 9));
    const lines = textOf(boots).split("\n");
    expect(lines).toHaveLength(14);
    expect(lines[10]).toBe(`a.log, boot 11 of 11, lines 101 to 109: ${answer(boots[10] as Diagnosed)}`);
    expect(lines[12]).toMatch(/^For the reports on all 11 boots, use --format json/);
    expect(textOf(boots.slice(1))).toContain(reportText(boots[1] as Diagnosed));
  });

  it("are nothing where no boot is", () => {
    expect(textOf([])).toBe("");
  });

  it("have no stranger's control bytes in the names of logs", () => {
    const text = textOf([bootOf("a\u001b[31m\n\u202eb.log", 1, 9), bootOf("a\u001b[31m\n\u202eb.log", 10, 19)]);
    expect(text).toContain(String.raw`a\x1b[31m\x0a\u{202e}b.log, boot 1 of 2, lines 1 to 9`);
    expect(text.replaceAll("\n", "")).toMatch(/^[^\p{Cc}\p{Cf}]*$/u);
  });
});
