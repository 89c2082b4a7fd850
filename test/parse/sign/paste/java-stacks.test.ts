import { describe, expect, it } from "vitest";
import { JavaStacks } from "../../../../src/parse/sign/paste/java-stacks.ts";

const read = "at java.io.FileInputStream.readBytes(Native Method)";
const filter = "at java.base@17.0.1/java.io.FilterInputStream.read(FilterInputStream.java:13)";
const urlSeed = "at sun.security.provider.SeedGenerator$URLSeedGenerator.getSeedBytes(SeedGenerator.java:5)";
const ofGenerator = (method: string): string =>
  `at sun.security.provider.NativePRNG$RandomIO.${method}(NativePRNG.java:4)`;

/** The numbers of the lines at which a wait is shown, and how long it lasted. */
function waits(...lines: readonly string[]): readonly (readonly [number, number | null])[] {
  const stacks = new JavaStacks();
  return lines.flatMap((text, index) => {
    const wait = stacks.take(text);
    return wait === null ? [] : [[index, wait.seconds] as const];
  });
}

describe("JavaStacks", () => {
  it("shows a wait where a thread stands in the read of a seed", () => {
    expect(waits(read, urlSeed)).toEqual([[1, null]]);
    expect(waits(read, filter, urlSeed)).toEqual([[2, null]]);
    expect(waits("at java.io.FileInputStream.read0(Native Method)", urlSeed)).toEqual([[1, null]]);
    expect(waits(read, filter, ofGenerator("readFully"), ofGenerator("implGenerateSeed"))).toEqual([[3, null]]);
  });

  it("shows one in the generator that reads /dev/random, and none in the one that reads /dev/urandom", () => {
    const blocking = "at sun.security.provider.NativePRNG$Blocking.engineNextBytes(NativePRNG.java:26)";
    const usual = "at sun.security.provider.NativePRNG.engineNextBytes(NativePRNG.java:22)";
    const locked = "- locked <0x00000000fc000000> (a java.lang.Object)";
    const top = [read, ofGenerator("readFully"), ofGenerator("implNextBytes"), locked];
    expect(waits(...top, blocking)).toEqual([[4, null]]);
    expect(waits(...top, usual)).toEqual([]);
    expect(waits(...top, usual, blocking)).toEqual([]);
  });

  it("shows none where the thread is not in the read itself, or reads another file", () => {
    expect(waits(urlSeed)).toEqual([]);
    expect(waits(read, "at org.example.Config.load(Config.java:7)", urlSeed)).toEqual([]);
    expect(waits(read, "", urlSeed)).toEqual([]);
    expect(waits(read, '"other" prio=5', urlSeed)).toEqual([]);
    expect(waits("at java.io.FileInputStream.open(FileInputStream.java:2)", urlSeed)).toEqual([]);
    expect(waits("at java.net.Inet6AddressImpl.lookupAllHostAddr(Native Method)", urlSeed)).toEqual([]);
  });

  it("reads the forms of other programs: without `at`, and after a container's name", () => {
    expect(
      waits(
        "java.io.FileInputStream.readBytes (FileInputStream.java:-2)",
        "sun.security.provider.NativePRNG$RandomIO.implGenerateSeed (NativePRNG.java:4)",
      ),
    ).toEqual([[1, null]]);
    expect(waits(`node-1 | \t${read}`, `node-1 | \t${urlSeed}`)).toEqual([[1, null]]);
  });

  it("takes how long a thread was blocked from the line in front of its stack, for that stack alone", () => {
    const blocked = "Thread Thread[loop-1,5,main] has been blocked for 7250 ms, time limit is 2000 ms";
    expect(waits(blocked, read, urlSeed, read, urlSeed)).toEqual([
      [2, 7.25],
      [4, null],
    ]);
  });

  it("reads lines of 600 characters at most", () => {
    expect(waits(read, urlSeed.padEnd(600))).toHaveLength(1);
    expect(waits(read, urlSeed.padEnd(601))).toEqual([]);
  });
});
