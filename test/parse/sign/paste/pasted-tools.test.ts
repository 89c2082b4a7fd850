import { describe, expect, it } from "vitest";
import {
  debuggedProgram,
  isLongCall,
  isWaitingFrame,
  openedDevice,
  parseTracedCall,
  parseUnitTime,
  promptedCommand,
  tracedPid,
  tracedProgram,
  waitOfTaskTable,
  waitOfUnitTime,
  withDevice,
} from "../../../../src/parse/sign/paste/pasted-tools.ts";

/** A line of this length whose last characters are `end`. */
const long = (start: string, length: number, end: string): string => start.padEnd(length - end.length, " ") + end;

describe("parseUnitTime", () => {
  it("reads the unit and its time from a line of `systemd-analyze blame`", () => {
    expect(parseUnitTime("     1min 2.500s systemd-random-seed.service")).toEqual({
      unit: "systemd-random-seed.service",
      at: null,
      took: 62.5,
    });
  });

  it("reads when a unit was active, and what it took, from a line of `critical-chain`", () => {
    expect(parseUnitTime("  └─sshd.service @1min 3s +2.250s")).toEqual({ unit: "sshd.service", at: 63, took: 2.25 });
    expect(parseUnitTime("basic.target @900ms")).toMatchObject({ unit: "basic.target", at: 0.9 });
  });

  it("knows no time where the line gives none", () => {
    for (const text of ["sshd.service", "1.5s", "1.5s sshd", "sshd.service @later", ""])
      expect(parseUnitTime(text), text).toBeNull();
  });

  it("reads lines of 1024 characters at most", () => {
    expect(parseUnitTime(long("1.5s", 1024, "a.service"))).not.toBeNull();
    expect(parseUnitTime(long("1.5s", 1025, "a.service"))).toBeNull();
  });
});

describe("waitOfUnitTime", () => {
  const of = (unit: string, took: number | null): unknown => waitOfUnitTime({ unit, at: null, took }, 7);

  it("is a wait that is shown where the unit of the random seed took 5 s", () => {
    expect(of("systemd-random-seed.service", 5)).toMatchObject({ proof: "shown", seconds: 5, line: 7, open: false });
    expect(of("systemd-random-seed.service", 4.999)).toBeNull();
    expect(of("systemd-random-seed.service", null)).toBeNull();
  });

  it("is a likely one where a unit that makes keys did, and none for other units", () => {
    expect(of("ssh-keygen@rsa.service", 40)).toMatchObject({ proof: "likely", seconds: 40 });
    expect(of("mysql.service", 40)).toBeNull();
  });
});

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

describe("the program that strace, gdb, a shell or ps names", () => {
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

  it("promptedCommand: is the one after a shell's prompt", () => {
    expect(promptedCommand("root@a:~# dropbearkey -t rsa")).toBe("dropbearkey");
    expect(promptedCommand("$ sudo /usr/bin/docker info")).toBe("docker");
    expect(promptedCommand("docker info")).toBeNull();
    expect(promptedCommand("$ docker info".padEnd(1024))).toBe("docker");
    expect(promptedCommand("$ docker info".padEnd(1025))).toBeNull();
  });

  it("debuggedProgram: is the one that gdb was attached to, and waits in one of its innermost frames", () => {
    expect(debuggedProgram("Attaching to process /usr/sbin/sshd")).toBe("sshd");
    expect(debuggedProgram("Core was generated by `openssl rand")).toBe("openssl");
    expect(debuggedProgram('Thread 1 (Thread 0x7f10 (LWP 412) "openssl"):')).toBe("openssl");
    expect(debuggedProgram("Thread 1 (Thread 0x7f10 (LWP 412)):")).toBeNull();
    expect(isWaitingFrame("#0  0x00007f1 in __GI___getrandom (buffer=0x1)")).toBe(true);
    expect(isWaitingFrame("#0  0x00007f1 in my_getrandom ()")).toBe(false);
    expect(isWaitingFrame("#0  0x00007f1 in getrandom () from libc.so.6")).toBe(true);
    expect(isWaitingFrame("#1  0x004ec6f8 in _randombytes_linux_getrandom (size=16)")).toBe(true);
    expect(isWaitingFrame("#1  0x004ec6f8 in randombytes_buf (size=16)")).toBe(false);
    expect(isWaitingFrame("#3  0x00007f1 in getrandom () from libc.so.6")).toBe(false);
  });

  it("isWaitingFrame: is one of OpenSSL's that seeds its generator", () => {
    expect(isWaitingFrame("#1  0x0000000000412345 in rand_pool_acquire_entropy ()")).toBe(true);
    expect(isWaitingFrame("#1  0x0000000000412345 in wait_random_seeded () at rand_unix.c:380")).toBe(true);
    expect(isWaitingFrame("#1  0x0000000000412345 in rand_pool_add ()")).toBe(false);
  });

  it("waitOfTaskTable: is in the row of a task that reads /dev/random on a kernel before 5.6", () => {
    expect(waitOfTaskTable("4711 root 20 0 1.2g S 0.0 0:00.62 keymaker random_read.part.12")).toEqual({
      name: "keymaker",
    });
    expect(waitOfTaskTable("4711 root S _random_read keymaker")).toEqual({ name: "keymaker" });
    expect(waitOfTaskTable("4711 root S urandom_read keymaker")).toBeNull();
    expect(waitOfTaskTable("4711 root S random_read_iter keymaker")).toBeNull();
  });

  it("waitOfTaskTable: is in the row of a task that stands in the kernel's wait", () => {
    expect(waitOfTaskTable("  412 ?  D  wait_for_random_bytes  /usr/sbin/sshd")).toEqual({ name: "sshd" });
    expect(waitOfTaskTable("root  413 D  crng_wait_ready [kworker/0:1]")?.name).not.toBeUndefined();
    expect(waitOfTaskTable("wait_for_random_bytes")).toEqual({ name: null });
    expect(waitOfTaskTable("  412 ?  D  do_wait  /usr/sbin/sshd")).toBeNull();
    expect(waitOfTaskTable("412 wait_for_random_bytes sshd".padEnd(400))).toEqual({ name: "sshd" });
    expect(waitOfTaskTable("412 wait_for_random_bytes sshd".padEnd(401))).toBeNull();
  });
});
