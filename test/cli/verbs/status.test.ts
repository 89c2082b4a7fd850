import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { hosts, hostOfStory } from "../../support/host/hosts.ts";
import { crngwatch } from "../../support/running/program.ts";

/** Exit code of `status`, by what a story is about; all others are ready. */
const notReady = [
  "board-without-cycle-counter",
  "fedora-fips-extrng",
  "fips-generator-lazy-seed",
  "fips-generator-likely",
  "fips-generator-queue",
  "fips-without-hook",
  "forged-ready-line",
  "look-alikes",
  "may-2018-fips",
];
const unknown = ["empty", "rhel-7.3-silent"];
const codeOf = (story: string): number => (notReady.includes(story) ? 3 : unknown.includes(story) ? 4 : 0);
const expected = (story: string, file: string): string => readFileSync(join(hosts, story, file), "utf8");

describe.concurrent("status, as it is shipped", () => {
  it.each(readdirSync(hosts).toSorted())(
    "prints the record that is expected of the host '%s', and answers by its exit code",
    async (story) => {
      const host = hostOfStory(story);
      const { code, stdout, stderr } = await crngwatch(["status", "--json", "--root", host]);
      expect({ code, stderr }).toEqual({ code: codeOf(story), stderr: "" });
      expect(stdout.replaceAll(host, "HOST")).toBe(expected(story, "expected.json"));
    },
  );
});

describe.concurrent("report, as it is shipped", () => {
  it.each(["fedora-fips-extrng", "laptop-resumed", "may-2018-fips"])(
    "prints what is expected of the host '%s'",
    async (story) => {
      const host = hostOfStory(story);
      const { code, stdout, stderr } = await crngwatch(["report", "--verbose", "--root", host]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout.replaceAll(host, "HOST")).toBe(expected(story, "expected.txt"));
    },
  );
});
