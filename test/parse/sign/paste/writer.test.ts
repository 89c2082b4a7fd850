import { describe, expect, it } from "vitest";
import {
  endsWithNextLine,
  isEndlessHang,
  isHangAfterReady,
  programsSpokenOf,
  spokenSeconds,
} from "../../../../src/parse/sign/paste/report-words.ts";
import {
  isWriterMark,
  parseForeignBlame,
  parseWriterBlame,
  parseWriterCure,
  parseWriterDelay,
  parseWriterHang,
  parseWriterSeed,
  parseWriterSubject,
  parseWriterWait,
} from "../../../../src/parse/sign/paste/writer.ts";

const nameless = { name: null };

describe("parseWriterWait: a sentence that names a waiter", () => {
  it.each<[text: string, name: string | null]>([
    ["sfdisk waits until the CRNG is seeded", "sfdisk"],
    ["sfdisk and mkswap wait for the CRNG", "sfdisk, mkswap"],
    ["it and sfdisk wait for entropy", "sfdisk"],
    ["sfdisk and it wait for entropy", "sfdisk"],
    ["it waits for the CRNG", null],
    ["getrandom() blocks until the kernel's random number generator is ready", null],
  ])("%s", (text, name) => {
    expect(parseWriterWait(text)).toEqual({ name });
  });

  it.each([
    "sfdisk waits until the disk is there",
    "sfdisk never waits for the CRNG",
    "sfdisk waits for what would be the CRNG",
    "",
  ])("'%s' is none", (text) => {
    expect(parseWriterWait(text)).toBeNull();
  });
});

describe("parseWriterBlame: a sentence that blames the CRNG and names no program", () => {
  it.each([
    "it boots very slowly due to crng init",
    "stuck for minutes because of missing entropy",
    "the crng takes far too long to initialize",
    "`random: crng init done` took **70** minutes",
    "getrandom() blocks in my test",
  ])("%s", (text) => {
    expect(parseWriterBlame(text)).toEqual(nameless);
  });

  it.each([
    "We start from the initrd with low entropy pools and random data may be bad",
    "it boots very slowly due to the disk",
    "the crng took 70 bytes",
    "it is not stuck because of missing entropy",
    "this may be why it boots slowly due to crng init",
    "getrandom() blocks if the pool is empty",
  ])("'%s' is none", (text) => {
    expect(parseWriterBlame(text)).toBeNull();
  });

  it("is denied by a word within 40 characters in front of it, and by none further away", () => {
    const denied = (between: number) => parseWriterBlame(`not ${"x".repeat(between)} slow due to crng init`);
    expect([denied(35), denied(36)]).toEqual([null, nameless]);
  });
});

describe("parseWriterSubject: the program that a text in front of a stack is about", () => {
  it.each<[text: string, name: string | null]>([
    ["it is stuck trying to start dockerd", "dockerd"],
    ["I looked at the process dockerd.", "dockerd"],
    ["the stack of `sshd`", "sshd"],
    ["I am looking at it", null],
    ["I am looking at .a", ".a"],
    ["I am looking at a..", null],
    ["the stack is below", null],
  ])("%s", (text, name) => {
    expect(parseWriterSubject(text)).toBe(name);
  });
});

describe("isWriterMark: where a person marks that it hangs", () => {
  it.each([
    "---> hangs here",
    "[long pause at this point]",
    "<stuck for 3 minutes>",
    "it stops here",
    "x # stuck here",
  ])("%s", (text) => {
    expect(isWriterMark(text)).toBe(true);
  });

  it.each(["it stops", "---> disk is here", "", "this hangs here"])("'%s' is none", (text) => {
    expect(isWriterMark(text)).toBe(false);
  });
});

describe("lengths of time in a report", () => {
  it("parseWriterDelay: who starts how much later", () => {
    expect(parseWriterDelay("balena starts 7 minutes later")).toEqual({ name: "balena", seconds: 420 });
    expect(parseWriterDelay("sshd is up about 2.5 s late")).toEqual({ name: "sshd", seconds: 2.5 });
    expect(parseWriterDelay("sshd is up 9 mins after")).toEqual({ name: "sshd", seconds: 540 });
    expect(parseWriterDelay("it starts 7 minutes later")).toBeNull();
    expect(parseWriterDelay("balena starts later")).toBeNull();
  });

  it("parseWriterSeed: how long a unit that waits by its nature took", () => {
    expect(parseWriterSeed("systemd-random-seed.service is slow, it takes 3 minutes")).toEqual({
      name: "systemd-random-seed.service",
      seconds: 180,
    });
    expect(parseWriterSeed("sshd-keygen took 40 s")).toEqual({ name: "sshd-keygen", seconds: 40 });
    expect(parseWriterSeed("sshd-keygen took 2 M")).toEqual({ name: "sshd-keygen", seconds: 120 });
    expect(parseWriterSeed("sshd-keygen never took 40 s")).toBeNull();
    expect(parseWriterSeed("sshd took 40 s")).toBeNull();
  });

  it("spokenSeconds: the first one in a text", () => {
    expect(["it took 5 s", "it took 2 Minutes", "~3min later", "for 1.5 secs"].map(spokenSeconds)).toEqual([
      5, 120, 180, 1.5,
    ]);
    expect(["it took long", "12345 s", ""].map(spokenSeconds)).toEqual([null, null, null]);
  });
});

describe("parseWriterHang: units in back-ticks that block for long", () => {
  it("names one, or both", () => {
    expect(parseWriterHang("`a.service` blocks for a long time")).toEqual({ name: "a.service" });
    expect(parseWriterHang("`a.service` and `b.service` hang for 3 minutes")).toEqual({ name: "a.service, b.service" });
    expect(parseWriterHang("`a.service` is stuck during the first boot")).toEqual({ name: "a.service" });
  });

  it("is none without back-ticks or a time", () => {
    for (const text of ["a.service blocks for a long time", "`a.service` blocks", ""])
      expect(parseWriterHang(text)).toBeNull();
  });
});

describe("parseWriterCure: what makes the boot continue", () => {
  it.each<[text: string, name: string | null]>([
    ["installing haveged fixes it", null],
    ["solved this with rng-tools", null],
    ["pressing keys makes the boot; it continues", null],
    ["it continues when I move the mouse", null],
    ["sshd does not start until a mouse is plugged in", "sshd"],
    ["it does not start until a mouse is plugged in", null],
  ])("%s", (text, name) => {
    expect(parseWriterCure(text)).toEqual({ name });
  });

  it.each(["installing haveged", "installing nginx fixes it", "it may be that installing haveged fixes it", ""])(
    "'%s' is none",
    (text) => {
      expect(parseWriterCure(text)).toBeNull();
    },
  );

  it("is denied by a word within 40 characters in front of it, and by none further away", () => {
    const denied = (between: number) => parseWriterCure(`not ${"x".repeat(between)} installing haveged fixes it`);
    expect([denied(35), denied(36)]).toEqual([null, nameless]);
  });
});

describe("parseWriterCure: in other languages", () => {
  it.each<[cures: string, denies: string]>([
    ["尝试了 rng-tools5 后，发现 haveged 可以解决这个问题", "尝试了 haveged，无法解决这个问题"],
    ["安装 haveged 后启动正常", "安装 haveged 后启动仍不正常，没有解决"],
    ["Установка haveged помогла", "Установка haveged не помогла"],
    ["Mit haveged ist das Problem behoben", "Mit haveged ist das Problem nicht behoben"],
  ])("%s", (cures, denies) => {
    expect([parseWriterCure(cures), parseWriterCure(denies)]).toEqual([nameless, null]);
  });
});

describe("parseForeignBlame: the same in other languages", () => {
  it.each<[blames: string, denies: string]>([
    ["Система ждёт генератор случайных чисел", "Система не ждёт генератор случайных чисел"],
    ["系统卡在getrandom", "系统不会卡在getrandom"],
    ["Der Start wartet auf Entropie", "Der Start wartet nicht auf Entropie"],
    ["Le démarrage attend crng", "Le démarrage attend sans crng"],
    ["El arranque espera entropía", "El arranque no espera entropía"],
  ])("%s", (blames, denies) => {
    expect([parseForeignBlame(blames), parseForeignBlame(denies)]).toEqual([nameless, null]);
  });
});

describe("a hang that a report describes", () => {
  it("endsWithNextLine: until a line that is shown next", () => {
    expect(endsWithNextLine("the applications hang until I see this in dmesg")).toBe(true);
    expect(endsWithNextLine("the applications hang in dmesg")).toBe(false);
  });

  it("isEndlessHang: for hours, unless its end is said", () => {
    expect(isEndlessHang("I left it like that for an hour")).toBe(true);
    expect(isEndlessHang("it is stuck forever until I press a key")).toBe(false);
    expect(isEndlessHang("it is stuck for minutes")).toBe(false);
    expect(isEndlessHang("Why has for the last hour or so the build been stuck there")).toBe(true);
    expect(isEndlessHang("Even after several hours there is no progress")).toBe(true);
    expect(isEndlessHang("after several hours it was stuck until I pressed a key")).toBe(false);
    expect(isEndlessHang("for the last hour I have read about such boards")).toBe(false);
  });

  it("isHangAfterReady: after the line that it is ready", () => {
    expect(isHangAfterReady("it hangs after random: crng init done")).toBe(true);
    expect(isHangAfterReady("it hangs before random: crng init done")).toBe(false);
  });

  it("programsSpokenOf: the programs that start slowly, are asked about, or made useless", () => {
    expect(programsSpokenOf("docker takes forever to start")).toEqual(["docker"]);
    expect(programsSpokenOf("`my-app` hangs and systemctl status sshd shows it")).toEqual(["my-app", "sshd"]);
    expect(programsSpokenOf("making some programs (including sshd) unusable")).toEqual(["sshd"]);
    expect(programsSpokenOf("our sshd process hang in it")).toEqual(["sshd"]);
    expect(programsSpokenOf("sshd hang")).toEqual([]);
    expect(programsSpokenOf("I cannot get any responses from gunicorn until it is ready")).toEqual(["gunicorn"]);
    expect(programsSpokenOf("there are responses from gunicorn")).toEqual([]);
    expect(programsSpokenOf("the boot hangs")).toEqual([]);
  });
});

describe("a line of a report", () => {
  it.each<[what: string, text: string, read: (text: string) => unknown]>([
    ["parseWriterWait", "sfdisk waits until the CRNG is seeded", parseWriterWait],
    ["parseWriterBlame", "it boots very slowly due to crng init", parseWriterBlame],
    ["parseWriterSubject", "it is stuck trying to start dockerd", parseWriterSubject],
    ["isWriterMark", "---> hangs here", isWriterMark],
    ["parseWriterDelay", "balena starts 7 minutes later", parseWriterDelay],
    ["parseWriterHang", "`a.service` blocks for a long time", parseWriterHang],
    ["parseWriterSeed", "sshd-keygen took 40 s", parseWriterSeed],
    ["parseWriterCure", "installing haveged fixes it", parseWriterCure],
    ["parseWriterCure, by hand", "sshd does not start until a mouse is plugged in", parseWriterCure],
    ["parseForeignBlame", "Der Start wartet auf Entropie", parseForeignBlame],
    ["endsWithNextLine", "the applications hang until I see this in dmesg", endsWithNextLine],
    ["spokenSeconds", "it took 5 s", spokenSeconds],
    ["isEndlessHang", "it is stuck forever", isEndlessHang],
    ["isHangAfterReady", "it hangs after random: crng init done", isHangAfterReady],
  ])("has 600 characters at most: %s", (_what, text, read) => {
    expect(read(text.padEnd(600)) ?? false).not.toBe(false);
    expect(read(text.padEnd(601)) ?? false).toBe(false);
  });

  it("has 600 characters at most: programsSpokenOf", () => {
    const text = "docker takes forever";
    expect([programsSpokenOf(text.padEnd(600)), programsSpokenOf(text.padEnd(601))]).toEqual([["docker"], []]);
  });
});
