import { describe, expect, it } from "vitest";
import {
  isLongCall,
  openedDevice,
  parseTracedCall,
  tracedPid,
  tracedProgram,
  withDevice,
} from "../../../../src/parse/sign/paste/strace.ts";

describe("parseTracedCall", () => {
  it("shows whether getrandom(2) may block, was refused, has not returned, and how long it took", () => {
    expect(parseTracedCall('[pid   412] getrandom("\\x01"..., 16, 0) = 16 <12.500000>')).toEqual({
      refused: false,
      unfinished: false,
      seconds: 12.5,
      mayBlock: true,
      ofDevice: false,
    });
    expect(parseTracedCall("getrandom(0x1, 16, GRND_NONBLOCK) = -1 EAGAIN (Resource temporarily unavailable)")).toEqual(
      { refused: true, unfinished: false, seconds: null, mayBlock: false, ofDevice: false },
    );
    expect(parseTracedCall("getrandom(0x1, 16, 0) = ? ERESTARTSYS (To be restarted)")).toMatchObject({
      refused: false,
      unfinished: false,
    });
    expect(parseTracedCall("12:00:01.123456 getrandom(")).toMatchObject({ unfinished: true, seconds: null });
    expect(parseTracedCall("read(3</dev/random>, ")).toMatchObject({ unfinished: true, ofDevice: true });
  });

  it("shows a poll(2) or select(2) for /dev/random as well", () => {
    for (const text of [
      "select(4, [3</dev/random>], NULL, NULL, NULL",
      "compat_select(5, [4</dev/random>], NULL, NULL, NULL",
      "poll([{fd=3</dev/random>, events=POLLIN}], 1, -1",
    ])
      expect(parseTracedCall(text), text).toMatchObject({ unfinished: true, ofDevice: true });
    expect(parseTracedCall("select(4, [3</dev/null>], NULL, NULL, NULL")).toBeNull();
  });

  it("knows /dev/random by the number that its open returned", () => {
    expect(openedDevice('openat(AT_FDCWD, "/dev/random", O_RDONLY) = 3')).toBe("3");
    expect(openedDevice('[pid 7] open("/dev/random", O_RDONLY|O_NONBLOCK)   = 12 <0.000010>')).toBe("12");
    for (const text of [
      'open("/dev/random", O_RDONLY) = -1 ENOENT (No such file or directory)',
      'open("/dev/urandom", O_RDONLY) = 3',
      'open("/dev/random", O_RDONLY) = 3'.padStart(1025),
    ])
      expect(openedDevice(text), text).toBeNull();
    expect(openedDevice('open("/dev/random", O_RDONLY) = 3'.padStart(1024))).toBe("3");
    expect(withDevice("read(3, ", "3")).toBe("read(3</dev/random>, ");
    expect(withDevice("select(4, [3], NULL", "3")).toBe("select(4, [3</dev/random>], NULL");
    expect(withDevice("poll([{fd=3, events=POLLIN}], 1, -1", "3")).toContain("fd=3</dev/random>, events");
    for (const text of ["read(33, ", "write(3, ", "select(4, [4], NULL"]) expect(withDevice(text, "3")).toBe(text);
  });

  it("is long from half a second on", () => {
    const call = { refused: false, unfinished: false, mayBlock: true, ofDevice: false };
    expect([0.5, 0.499, null].map((seconds) => isLongCall({ ...call, seconds }))).toEqual([true, false, false]);
  });

  it("reads lines of 1024 characters at most, and no other call", () => {
    const text = (length: number): string => `getrandom(${"x, ".padEnd(300)}`.padEnd(length);
    expect(parseTracedCall(text(1024))).not.toBeNull();
    expect(parseTracedCall(text(1025))).toBeNull();
    expect(parseTracedCall("read(3</dev/null>, ")).toBeNull();
  });
});

describe("the program that strace shows", () => {
  it("tracedPid: is by number where strace was attached, in a line of 1024 characters at most", () => {
    expect(tracedPid("# strace -f -p 412")).toBe(412);
    expect(tracedPid("strace: Process 413 attached")).toBe(413);
    expect(tracedPid("strace ls")).toBeNull();
    expect(tracedPid("strace -p 412".padEnd(1024))).toBe(412);
    expect(tracedPid("strace -p 412".padEnd(1025))).toBeNull();
  });

  it("tracedProgram: is the one that was executed, or that the command line names", () => {
    expect(tracedProgram('execve("/usr/sbin/sshd", ["sshd"], 0x1) = 0')).toBe("sshd");
    expect(tracedProgram("$ strace -f -e trace=getrandom /usr/bin/openssl rand 8")).toBe("openssl");
    expect(tracedProgram("$ sudo strace -f openssl rand 8")).toBe("openssl");
    expect(tracedProgram("strace -tt -fo /tmp/out.txt ls -l")).toBe("ls");
    expect(tracedProgram("strace --follow-forks ls")).toBe("ls");
    expect(tracedProgram("strace -c")).toBeNull();
    expect(tracedProgram("# strace -p $(pidof haveged)")).toBe("haveged");
    expect(tracedProgram("strace -p 412")).toBeNull();
    expect(tracedProgram('execve("/usr/sbin/sshd", '.padEnd(1024))).toBe("sshd");
    expect(tracedProgram('execve("/usr/sbin/sshd", '.padEnd(1025))).toBeNull();
  });
});
