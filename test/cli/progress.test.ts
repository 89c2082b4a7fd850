import { describe, expect, it } from "vitest";
import { progressText } from "../../src/cli/progress.ts";

const mebibyte = 2 ** 20;
const reading = (name: string, consumed: number, total: number | null) => ({
  name,
  totalBytes: total,
  consumedBytes: () => consumed,
});

describe("the line about long work", () => {
  it.each<[line: string, consumed: number, total: number | null, seconds: number]>([
    ["boot.log: 512 of 1024 MiB, 256 MiB/s, 2 s left", 512 * mebibyte, 1024 * mebibyte, 2],
    ["boot.log: 100 of 1024 MiB, 30 MiB/s, 31 s left", 100 * mebibyte, 1024 * mebibyte, 10 / 3],
    ["boot.log: 512 MiB, 256 MiB/s", 512 * mebibyte, null, 2],
    ["boot.log: 0 of 1024 MiB, 0 MiB/s", 0, 1024 * mebibyte, 2],
    ["boot.log: 1024 of 1024 MiB, 512 MiB/s, 0 s left", 1024 * mebibyte, 1024 * mebibyte, 2],
    ["boot.log: 1100 of 1024 MiB, 550 MiB/s, 0 s left", 1100 * mebibyte, 1024 * mebibyte, 2],
  ])("%s", (line, consumed, total, seconds) => {
    expect(progressText(reading("boot.log", consumed, total), seconds)).toBe(line);
  });

  it("has finite numbers at the very start", () => {
    expect(progressText(reading("boot.log", mebibyte, 4 * mebibyte), 0)).toMatch(
      /^boot\.log: 1 of 4 MiB, \d+ MiB\/s, \d+ s left$/,
    );
  });

  it("is one line, which shows the end of a long name, and nothing that a terminal obeys", () => {
    const line = progressText(reading(`${"folder/".repeat(40)}\u001b[31m\n\u202eboot.log`, 0, null), 2);
    expect(line).toMatch(/^[^\p{Cc}\p{Cf}]*boot\.log: 0 MiB, 0 MiB\/s$/u);
    expect(line.length).toBeLessThan(90);
  });
});
