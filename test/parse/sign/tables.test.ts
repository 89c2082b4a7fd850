import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anyPattern } from "../../../src/core/base/any-pattern.ts";
import { requiredWords } from "../../../src/core/base/required-words.ts";
import { anyWordedPattern } from "../../../src/core/base/worded-patterns.ts";
import { awaitedBy } from "../../../src/parse/sign/unit/awaited.ts";
import { bootEnds, parseBootEnd } from "../../../src/parse/sign/boot-end.ts";
import { kernelForms } from "../../../src/parse/sign/line/kernel-form.ts";
import { androidTrouble } from "../../../src/parse/sign/trouble/android-trouble.ts";
import { daemonTrouble } from "../../../src/parse/sign/trouble/daemon-trouble.ts";
import { deviceTrouble } from "../../../src/parse/sign/trouble/device-trouble.ts";
import { hardwareTrouble } from "../../../src/parse/sign/trouble/hardware-trouble.ts";
import { initramfsTrouble } from "../../../src/parse/sign/trouble/initramfs-trouble.ts";
import { kernelTrouble } from "../../../src/parse/sign/trouble/kernel-trouble.ts";
import { peripheralTrouble } from "../../../src/parse/sign/trouble/peripheral-trouble.ts";
import { networkTrouble } from "../../../src/parse/sign/trouble/network-trouble.ts";
import { programTrouble } from "../../../src/parse/sign/trouble/program-trouble.ts";
import { reportPartTrouble } from "../../../src/parse/sign/trouble/report-part-trouble.ts";
import { selftestTrouble } from "../../../src/parse/sign/trouble/selftest-trouble.ts";
import { startTrouble } from "../../../src/parse/sign/trouble/start-trouble.ts";
import { storageTrouble } from "../../../src/parse/sign/trouble/storage-trouble.ts";
import { ownWords } from "../../../src/parse/sign/words.ts";

const troubleTables = {
  selftestTrouble,
  kernelTrouble,
  reportPartTrouble,
  deviceTrouble,
  peripheralTrouble,
  storageTrouble,
  hardwareTrouble,
  daemonTrouble,
  startTrouble,
  networkTrouble,
  initramfsTrouble,
  programTrouble,
  androidTrouble,
};
const everyTrouble = Object.values(troubleTables).flat();

describe.each(Object.entries({ ...troubleTables, ownWords, bootEnds, kernelForms }))("%s: each row", (_, rows) => {
  it.each(rows.map((row) => [row.id, row] as const))(
    "'%s' fits its examples and none of its near misses",
    (_id, row) => {
      expect(row.examples.length).toBeGreaterThan(0);
      for (const text of row.examples) expect(row.pattern.test(text), text).toBe(true);
      for (const text of row.near) expect(row.pattern.test(text), text).toBe(false);
    },
  );

  it("has a name of its own", () => {
    expect(new Set(rows.map(({ id }) => id)).size).toBe(rows.length);
  });
});

it("no row of one group of tables fits an example of another group, so that the order of the groups decides nothing", () => {
  const groups = [
    // A panic of a self-test is a panic, too; it comes first.
    [selftestTrouble, kernelTrouble, reportPartTrouble],
    [deviceTrouble],
    [storageTrouble],
    [hardwareTrouble],
    [peripheralTrouble],
    [startTrouble],
    // The last table has words of the network, and of dracut's kind, that any program may print.
    [daemonTrouble, networkTrouble, initramfsTrouble, programTrouble],
  ].map((tables) => tables.flat());
  const shared = groups.flatMap((rows) => {
    const others = groups.filter((group) => group !== rows).flat();
    return rows
      .flatMap(({ examples }) => examples)
      .flatMap((text) => others.filter(({ pattern }) => pattern.test(text)).map(({ id }) => `${id}: ${text}`));
  });
  expect(shared).toEqual([]);
});

/** A pattern's source without what the generator of texts does not know: "\\b" and what is to follow, or not to. */
function withoutLooks(source: string): string {
  const whole = source.replaceAll(/(?<!\\)\\b/g, "");
  const start = whole.search(/(?<!\\)\(\?[!=]/);
  if (start < 0) return whole;
  let [end, depth] = [start, 0];
  do {
    const [token = ""] = /^(?:\\.|\[(?:\\.|[^\]])*\]|[^])/.exec(whole.slice(end)) ?? [];
    if (token === "(") depth++;
    if (token === ")") depth--;
    end += token.length;
  } while (depth > 0);
  return withoutLooks(whole.slice(0, start) + whole.slice(end));
}

describe("trouble found by its words", () => {
  const patterns = everyTrouble.map(({ pattern }) => pattern);
  const byWords = anyWordedPattern(patterns);
  const whole = anyPattern(patterns);

  it("is what the whole expressions find, in each example, near miss, and pieces of two of them", () => {
    const texts = everyTrouble.flatMap(({ examples, near }) => [...examples, ...near]);
    for (const text of texts) expect(byWords(text), text).toBe(whole(text));
    const part = fc.tuple(fc.constantFrom(...texts), fc.nat(80), fc.nat(80));
    fc.assert(
      fc.property(part, part, ([first, , end], [second, start]) => {
        const text = first.slice(0, end) + second.slice(start);
        expect(byWords(text), text).toBe(whole(text));
      }),
      { numRuns: 2000 },
    );
  });

  it.each(everyTrouble.map(({ id, pattern }) => [id, pattern] as const))(
    "'%s': each text that its pattern matches holds one of the words",
    (_id, pattern) => {
      const words = requiredWords(pattern, 4);
      const source = withoutLooks(pattern.source);
      fc.assert(
        fc.property(fc.stringMatching(new RegExp(source)), (text) => {
          const held = text.toLowerCase();
          expect(words === null || words.some((word) => held.includes(word)), text).toBe(true);
          expect(byWords(text), text).toBe(whole(text));
        }),
        { numRuns: 30 },
      );
    },
  );

  it("asks hardly any pattern of every line: those that require no word of four letters", () => {
    const wordless = everyTrouble.filter(({ pattern }) => requiredWords(pattern, 4) === null);
    expect(wordless.map(({ id }) => id)).toEqual(["headless-frames"]);
  });
});

describe("awaitedBy: what a unit waits for by its nature", () => {
  it.each([
    ["dev-disk-by\\x2duuid-77.device", "device"],
    ["/dev/disk/by-label/DATA", "device"],
    ["NetworkManager-wait-online.service", "network"],
    ["Wait for Network to be Configured", "network"],
    ["File System Check on /dev/sda1", "file-system"],
    ["srv.mount", "file-system"],
    ["chrony-wait.service", "clock"],
  ])("'%s': %s", (unit, awaits) => expect(awaitedBy(unit)).toBe(awaits));

  it.each([
    "systemd-random-seed.service",
    "NetworkManager.service",
    "sshd.service",
    "Wait until snapd is fully seeded",
    "Cryptography Setup for swap",
  ])("'%s': not known, since it may draw random bytes", (unit) => expect(awaitedBy(unit)).toBeNull());
});

describe("parseBootEnd: a line that shows that the boot is over", () => {
  const line = { origin: "user", at: null, storedAt: null, wall: null, wallForm: null, tag: null, indent: 0 } as const;
  const says = (text: string, program: string | null, bare = false, front?: string): string | null =>
    parseBootEnd(
      { ...line, text, ...(front === undefined ? {} : { front }) },
      { program, byKernel: false, text },
      bare,
    );
  const login = "Accepted publickey for anna from 192.0.2.7 port 51012 ssh2";

  it("has 300 characters at most", () => {
    expect(says(login.padEnd(300, "x"), "sshd")).toBe("a user had logged in");
    expect(says(login.padEnd(301, "x"), "sshd")).toBeNull();
  });

  it("is of the program that prints such lines", () => {
    expect(says(login, null)).toBeNull();
    const target = "Reached target Multi-User System.";
    expect([says(target, "systemd"), says(target, "logger")]).toEqual([
      "systemd had reached the last target of the boot",
      null,
    ]);
    expect(says(`[  OK  ] ${target}`, null)).not.toBeNull();
  });

  it("is a console's prompt on a line of its own, or in front of a kernel's line", () => {
    const prompt = "the console had its login prompt";
    expect([says("box login: ", null, true), says("box login: ", null), says("box login: ", "sh", true)]).toEqual([
      prompt,
      null,
      null,
    ]);
    expect(says("usb 1-1: new", null, false, "box login: ")).toBe(prompt);
  });
});
