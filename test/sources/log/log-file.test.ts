import { execFileSync, spawn } from "node:child_process";
import { closeSync, openSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it, vi } from "vitest";
import { longBytes, openLogFile } from "../../../src/sources/log/log-file.ts";
import { openLogs } from "../../../src/sources/log/log-input.ts";
import { aFolder, denied, hostFolder, whyNothingIsDenied } from "../../support/host/host-folder.ts";
import { everything, fileWith, log, only, text } from "../../support/inputs/logs.ts";
import { logLines, openThings, packed, packings } from "../../support/inputs/packed.ts";
import { whyMissing } from "../../support/running/programs.ts";

describe("a file", () => {
  it.each([
    ["short", 60_000],
    ["long enough for another thread", 240_000],
  ])("is read whole, and says how far: a %s one", async (_, lines) => {
    const whole = logLines(lines);
    expect(whole.length > longBytes).toBe(lines === 240_000);
    const path = fileWith(whole);
    const read: Buffer[] = [];
    const consumed: number[] = [];
    for await (const input of openLogs(path)) {
      expect([input.totalBytes, input.consumedBytes() <= 1 << 20, input.report]).toEqual([whole.length, true, null]);
      for await (const chunk of input.chunks) {
        read.push(Buffer.from(chunk));
        consumed.push(input.consumedBytes());
      }
    }
    expect(Buffer.concat(read).equals(Buffer.from(whole))).toBe(true);
    let sum = 0;
    expect(consumed).toEqual(read.map(({ length }) => (sum += length)));
    expect(await everything(path)).toMatchObject(only(text(path, whole)));
  });

  it("may be empty", async () => {
    const path = fileWith("");
    expect(await everything(path)).toMatchObject(only(text(path, "")));
  });

  it("may have whatever name", async () => {
    const path = fileWith(log, "a\nb\x1b[31m'*?[x]{y}~\\.log");
    expect(await everything(path)).toMatchObject(only(text(path)));
    expect(await everything(`${path}\n`)).toEqual({
      logs: [],
      inputs: [],
      error: expect.stringMatching(/a\\x0ab\\x1b\[31m'\*\?\[x\]\{y\}~\\\\\.log\\x0a': no such file$/),
    });
  });

  it("may be left at any time, with nothing open after it", async () => {
    const before = openThings();
    for await (const input of openLogs(fileWith(log))) {
      expect(openThings().length).toBe(before.length + 1);
      for await (const _ of input.chunks) break;
      break;
    }
    for await (const _ of openLogs(fileWith(log))) break;
    for await (const _ of openLogs(fileWith(gzipSync(log)))) void _;
    expect(openThings()).toEqual(before);
  });

  it("may be left while another thread reads it, and is closed after that", async () => {
    const before = openThings();
    for await (const input of openLogs(fileWith("x".repeat(longBytes + 1)))) {
      for await (const _ of input.chunks) break;
      break;
    }
    await vi.waitFor(() => expect(openThings()).toEqual(before));
  });

  it("may be a FIFO, packed or not", async (context) => {
    const why = whyMissing("mkfifo", "sh", "cat");
    if (why !== null) return context.skip(why);
    for (const content of [log, gzipSync(log)]) {
      const folder = hostFolder({ content });
      const path = join(folder, "fifo");
      execFileSync("mkfifo", [path]);
      const writer = spawn("sh", ["-c", 'cat "$0" > "$1"', join(folder, "content"), path]);
      const { logs, inputs, error } = await everything(path);
      expect([logs, error, inputs[0]?.totalBytes, inputs[0]?.consumedBytes()]).toEqual([
        [text(path)],
        null,
        null,
        content.length,
      ]);
      writer.kill();
    }
  });
});

describe("what is no log", () => {
  it("is reported in one line", async (context) => {
    const folder = hostFolder({ "a.log": "x", "zip.log": Buffer.from("PK\x03\x04rest"), folder: aFolder });
    const socket = createServer().listen(join(folder, "socket"));
    await new Promise((resolve) => socket.once("listening", resolve));
    const errorOf = async (path: string): Promise<string | null> => (await everything(path)).error;
    expect(await errorOf(join(folder, "none"))).toBe(`Cannot read '${join(folder, "none")}': no such file`);
    expect(await errorOf(join(folder, "a.log/b"))).toBe(`Cannot read '${join(folder, "a.log/b")}': no such file`);
    expect(await errorOf(join(folder, "folder"))).toBe(
      `Cannot read '${join(folder, "folder")}': a folder without sos_commands/ of a sosreport or *.journal files, name the logs in it`,
    );
    expect(await errorOf(join(folder, "zip.log"))).toBe(
      `Cannot read '${join(folder, "zip.log")}': neither a log nor a gzip, xz, zstd, bzip2 or tar file, unpack it first`,
    );
    expect(await errorOf(join(folder, "socket"))).toBe(`Cannot read '${join(folder, "socket")}': a socket, not a log`);
    // Also by another name; and a file that is merely called so is a log.
    symlinkSync("/proc/kmsg", join(folder, "link"));
    for (const path of ["/proc/kmsg", join(folder, "link")])
      expect(await errorOf(path)).toBe(
        `Cannot read '${path}': reading it takes records from others, and waits for more; 'crngwatch report' describes this machine`,
      );
    writeFileSync(join(folder, "kmsg"), log);
    expect(await errorOf(join(folder, "kmsg"))).toBeNull();
    expect(await errorOf("/dev/zero")).toBe(
      "Cannot read '/dev/zero': a device, not a log; 'crngwatch report' describes this machine",
    );
    symlinkSync("loop", join(folder, "loop"));
    expect(await errorOf(join(folder, "loop"))).toBe(`Cannot read '${join(folder, "loop")}': ELOOP`);
    socket.close();
    if (whyNothingIsDenied !== null) return context.skip(whyNothingIsDenied);
    const forbidden = join(hostFolder({ "a.log": denied }), "a.log");
    expect(await errorOf(forbidden)).toBe(`Cannot read '${forbidden}': no permission`);
  });
});

describe("a file of the kernel", () => {
  it("that does not end is read up to a bound, and that is reported", async (context) => {
    const path = "/proc/self/pagemap";
    try {
      closeSync(openSync(path, "r"));
    } catch (error) {
      return context.skip(String(error));
    }
    let [bytes, error] = [0, ""];
    try {
      for await (const chunk of openLogFile(path).chunks) bytes += chunk.length;
    } catch (failure) {
      error = String(failure);
    }
    expect([bytes, error]).toEqual([
      64 << 20,
      `LogUnreadable: Cannot read '${path}': a file of /proc that goes on after 64 MiB, not a log`,
    ]);
  });
});

describe.each(packings)("a log packed by $compression", ({ compression, why }) => {
  it("is decided by its bytes, not its name, up to three times over", async (context) => {
    if (why !== null) return context.skip(why);
    let bytes = Buffer.from(log);
    for (let times = 1; times <= 3; times++) {
      bytes = packed(compression, bytes) as Buffer<ArrayBuffer>;
      const path = fileWith(bytes);
      const { logs, inputs, error } = await everything(path);
      expect([logs, error]).toEqual([[text(path)], null]);
      expect([inputs[0]?.totalBytes, inputs[0]?.consumedBytes()]).toEqual([bytes.length, bytes.length]);
    }
    const path = fileWith(packed(compression, bytes));
    expect(await everything(path)).toEqual({
      logs: [],
      inputs: [],
      error: `Cannot read '${path}': compressed more than 3 times`,
    });
  });

  it("that is cut short gives what is there", async (context) => {
    if (why !== null) return context.skip(why);
    const bytes = packed(compression, logLines(60_000));
    const path = fileWith(bytes.subarray(0, bytes.length - 2));
    const { logs, error } = await everything(path);
    expect(error).toBeNull();
    expect(logs[0]?.error?.startsWith(`Cannot decompress '${path}' to its end: `)).toBe(true);
    expect(logs[0]?.text.length).toBeGreaterThan(1 << 20);
  });

  it("whose magic alone is there is reported", async (context) => {
    if (why !== null) return context.skip(why);
    const path = fileWith(packed(compression, log).subarray(0, 12));
    const { logs, error } = await everything(path);
    expect(error ?? logs[0]?.error).toContain(`Cannot decompress '${path}': `);
  });
});

describe("a program that is missing", () => {
  it("is named, for a log and for a journal", async () => {
    const PATH = process.env["PATH"];
    const zst = fileWith(Buffer.from("28b52ffd00", "hex"), "x.zst");
    const journal = fileWith("LPKSHHRH", "x.journal");
    try {
      process.env["PATH"] = "/nowhere";
      expect((await everything(zst)).error).toBe(`Cannot decompress '${zst}': needs the program 'zstd'`);
      expect((await everything(journal)).logs).toEqual([
        {
          name: journal,
          kind: "journal-json",
          text: "",
          error: `Cannot read journal '${journal}': needs the program 'journalctl'`,
        },
      ]);
    } finally {
      process.env["PATH"] = PATH;
    }
  });
});
