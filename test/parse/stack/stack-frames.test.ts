import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { frameMeanings, interfaceOfCaller, type WaitInterface } from "../../../src/parse/stack/frame-meanings.ts";
import { parseFrames, StackReading } from "../../../src/parse/stack/stack-frames.ts";
import { growth, linear } from "../../support/growth.ts";
import { anyText } from "../../support/inputs/any-text.ts";

const frames = (text: string, bare = false): unknown => parseFrames(text, { bare });
const named = (name: string | null, reliable = true): unknown => [{ name, reliable }];

const verdict = (stack: string, state: string | null = null): WaitInterface | null => {
  const reading = new StackReading();
  for (const line of stack.split("|")) for (const frame of parseFrames(line, { bare: true })) reading.take(frame);
  return reading.verdict(state);
};

describe("the table of functions", () => {
  it.each(frameMeanings.flatMap((meaning) => meaning.examples.map((example) => [example, meaning] as const)))(
    "%s is its entry's and no other's",
    (example, meaning) => {
      const [frame] = parseFrames(example, { bare: false });
      const matching = frameMeanings.filter(({ pattern }) => pattern.test(frame?.name ?? ""));
      expect(matching).toEqual([meaning]);
    },
  );

  it("has patterns without state", () => {
    expect(frameMeanings.filter(({ pattern }) => pattern.global || pattern.sticky)).toEqual([]);
  });
});

describe("a line of a stack", () => {
  it.each<[where: string, line: string, expected: unknown]>([
    ["x86 since 4.10", " wait_for_random_bytes+0x52/0x120", named("wait_for_random_bytes")],
    ["x86 up to 4.9", " [<ffffffff81542492>] SyS_getrandom+0xe2/0x150", named("SyS_getrandom")],
    ["x86, guessed", " [<ffffffff8de17609>] ? __schedule+0x239/0x6f0", named("__schedule", false)],
    ["x86, guessed, since 4.10", " ? __schedule+0x2eb/0x740", named("__schedule", false)],
    ["/proc/PID/stack", "[<0>] wait_for_random_bytes.part.0+0x98/0x1c0", named("wait_for_random_bytes")],
    ["/proc/PID/stack of 4.14", "[<0000000000000000>] wait_for_random_bytes+0x8c/0xbb", named("wait_for_random_bytes")],
    ["/proc/PID/stack, its end", "[<0>] 0xffffffffffffffff", named(null)],
    ["a module's", " ceph_create_client+0x1d/0x2b0 [libceph]", named("ceph_create_client")],
    [
      "a module's with its build",
      " nfs4_proc_setclientid+0x4c/0x4a0 [nfsv4 1f0c6a7b0b5e]",
      named("nfs4_proc_setclientid"),
    ],
    ["the compiler's cold part", " wait_for_random_bytes.cold+0x5/0xb9", named("wait_for_random_bytes")],
    ["the compiler's specialisation", " urandom_read_nowarn.isra.0+0x8d/0x200", named("urandom_read_nowarn")],
    ["clang's", " random_read_iter.llvm.4815162342+0x14/0x70", named("random_read_iter")],
    ["arm64 since 6.12", " __arm64_sys_getrandom+0x84/0xb0 (P)", named("__arm64_sys_getrandom")],
    ["riscv", "[<ffffffff80a1b2c4>] __schedule+0x2c0/0x7a0", named("__schedule")],
    ["s390", "([<0000000000a1b2c4>] __schedule+0x2c0/0x7a0)", named("__schedule")],
    ["powerpc", "[c0000000015a9c30] [c00000000099a0e4] schedule+0x64/0xd0", named("schedule")],
    ["powerpc, guessed", "[c0000000015a9a50] [c0000000015a9aa0] 0xc0000000015a9aa0 (unreliable)", named(null, false)],
    [
      "powerpc64, big endian",
      "[c00000003e0c3d70] [c00000000057a0f8] .SyS_getrandom+0xa8/0x130",
      named("SyS_getrandom"),
    ],
    [
      "decode_stacktrace.sh",
      " wait_for_random_bytes (drivers/char/random.c:1655 (discriminator 3)) ",
      named("wait_for_random_bytes"),
    ],
    ["a return probe's trampoline", " trace_clock_x86_tsc+0x20/0x20", named(null)],
    ["without blanks in front", "do_syscall_64+0x5d/0xb0", named("do_syscall_64")],
    ["with a line end", " do_syscall_64+0x5d/0xb0\r", named("do_syscall_64")],
  ])("%s: %s", (_where, line, expected) => {
    expect(frames(line)).toEqual(expected);
  });

  it("of arm shows the caller, too", () => {
    const both = [
      { name: "__schedule", reliable: true },
      { name: "schedule", reliable: true },
    ];
    expect(frames("[<c05b3b3c>] (__schedule) from [<c05b3f00>] (schedule+0x4c/0xac)")).toEqual(both);
    expect(frames("[<c05b3b3c>] (__schedule+0x0/0x4d8) from [<c05b3f00>] (schedule+0x4c/0xac)")).toEqual(both);
    expect(frames(" __schedule from schedule+0x4c/0xac")).toEqual(both);
  });

  it("is a name alone only where a stack is known to be", () => {
    expect(frames("wait_for_random_bytes")).toEqual([]);
    expect(frames("wait_for_random_bytes", true)).toEqual(named("wait_for_random_bytes"));
    expect(frames("[<0>] wait_for_random_bytes")).toEqual(named("wait_for_random_bytes"));
  });

  it.each([
    "wait_for_random_bytes is where it hangs",
    "see wait_for_random_bytes+0x52/0x120",
    "random: crng init done",
    "Started Session 1 of user root from 10.0.0.1.",
    "bytes from urandom_read",
    "RIP: 0010:urandom_read+0x268/0x480",
    "RIP: 0033:0x7f6fd687573d",
    "[  484.372472] schedule+0x3c/0xa0",
    "[1782] schedule",
    "[<0>]",
    "[<zz>] schedule+0x3c/0xa0",
    "Workqueue: events_unbound async_run_entry_fn",
    "schedule+0x3c/0xa0: 17 callers",
    "",
    " ",
  ])("is not %j", (line) => {
    expect(frames(line, true)).toEqual([]);
  });

  it("never throws, and keeps every name that a compiler can make", () => {
    fc.assert(fc.property(anyText(), fc.boolean(), (line, bare) => Array.isArray(parseFrames(line, { bare }))));
    const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,40}$/);
    fc.assert(
      fc.property(
        name,
        fc.constantFrom("", ".cold", ".part.12", ".constprop.0", ".isra.0.cold"),
        fc.nat(0xffff),
        (symbol, suffix, offset) => {
          expect(frames(` ${symbol}${suffix}+0x${offset.toString(16)}/0x1ffff`)).toEqual(named(symbol));
        },
      ),
    );
  });
});

describe("stacks that were measured in the lab, and what their tasks did", () => {
  it.each<[kernel: string, state: string | null, stack: string, expected: WaitInterface | null]>([
    [
      "4.4 getrandom",
      "S",
      "SyS_getrandom+0xe2/0x150|entry_SYSCALL_64_fastpath+0x16/0x71|[<ffffffffffffffff>] 0xffffffffffffffff",
      "getrandom",
    ],
    [
      "4.4 getrandom, GRND_RANDOM",
      "S",
      "_random_read.part.33+0xc7/0x1f0|SyS_getrandom+0x9f/0x150|entry_SYSCALL_64_fastpath+0x22/0xd0",
      "getrandom",
    ],
    [
      "4.4 read",
      "S",
      "_random_read.part.34+0xc7/0x1f0|random_read+0x1f/0x30|__vfs_read+0x18/0x40|vfs_read+0x86/0x130|SyS_read+0x55/0xc0|entry_SYSCALL_64_fastpath+0x16/0x71",
      "dev-random",
    ],
    [
      "4.15 read",
      "S",
      "_random_read.part.35+0x315/0x3a0|random_read+0x1f/0x30|__vfs_read+0x1b/0x40|vfs_read+0x8e/0x130|SyS_read+0x55/0xc0|do_syscall_64+0x73/0x130",
      "dev-random",
    ],
    [
      "5.3 read, inlined",
      "S",
      "random_read+0x1f/0x30|__vfs_read+0x1b/0x40|vfs_read+0x8e/0x130|ksys_read+0xa7/0xe0|do_syscall_64+0x5a/0x130",
      "dev-random",
    ],
    [
      "5.3 getrandom of Ubuntu",
      "S",
      "__x64_sys_getrandom+0x8d/0x150|do_syscall_64+0x5a/0x130|entry_SYSCALL_64_after_hwframe+0x44/0xa9",
      "getrandom",
    ],
    [
      "4.8-4.12 getrandom",
      "S",
      "schedule+0x35/0x80|crng_wait_ready+0x86/0xb0|SyS_getrandom+0x65/0xa0|entry_SYSCALL_64_fastpath+0x1e/0xad",
      "getrandom",
    ],
    [
      "5.10 getrandom",
      "R",
      "wait_for_random_bytes.cold+0x186/0x19d|__x64_sys_getrandom+0x8d/0xc0|do_syscall_64+0x33/0x80",
      "getrandom",
    ],
    [
      "6.1 getrandom",
      "R",
      "try_to_generate_entropy+0xe2/0x127|wait_for_random_bytes.cold+0x5/0xb9|__x64_sys_getrandom+0xcc/0x100|do_syscall_64+0x5d/0xb0",
      "getrandom",
    ],
    [
      "6.1 read",
      "R",
      "try_to_generate_entropy+0xe2/0x127|wait_for_random_bytes.cold+0x5/0xb9|random_read_iter+0x10/0x50|vfs_read+0x23f/0x310|ksys_read+0x6b/0xf0|do_syscall_64+0x5d/0xb0",
      "dev-random",
    ],
    [
      "6.1 read of urandom",
      "R",
      "try_to_generate_entropy+0xe2/0x127|urandom_read_iter.cold+0x31/0x36|vfs_read+0x23f/0x310|ksys_read+0x6b/0xf0|do_syscall_64+0x5d/0xb0",
      "urandom",
    ],
    [
      "6.8 getrandom, by x64_sys_call",
      "R",
      "try_to_generate_entropy+0x19d/0x2a0|wait_for_random_bytes+0x52/0x120|__x64_sys_getrandom+0xb3/0xe0|x64_sys_call+0x20d4/0x25c0|do_syscall_64+0x7f/0x180",
      "getrandom",
    ],
    [
      "7.3 getrandom, interrupted",
      "R",
      "irqentry_exit+0x15a/0x740|asm_sysvec_apic_timer_interrupt+0x1a/0x20|read_hpet+0xfb/0x110|try_to_generate_entropy+0x1f0/0x240|wait_for_random_bytes.cold+0x5/0xc5|__x64_sys_getrandom+0xb7/0xe0",
      "getrandom",
    ],
    [
      "4.17 mount.ceph",
      "S",
      "wait_for_random_bytes+0x8c/0xbb|ceph_create_client+0x1d/0x2b0 [libceph]|ceph_mount+0x1c1/0x8a0 [ceph]|mount_fs+0x32/0x130|ksys_mount+0x7e/0xd0|__x64_sys_mount+0x21/0x30|do_syscall_64+0x4e/0x100",
      "kernel",
    ],
    [
      "5.10 read, just woken to copy",
      "R",
      "do_user_addr_fault+0x123/0x450|exc_page_fault+0x69/0x150|asm_exc_page_fault+0x1e/0x30|copy_user_generic_string+0x2c/0x40|urandom_read_nowarn.isra.0+0x8d/0x200|random_read+0x21/0x40|vfs_read+0xb5/0x1b0",
      null,
    ],
    [
      "4.15 getrandom, copying",
      "S",
      "__do_page_fault+0x14d/0x4d0|page_fault+0x1e/0x30|copy_user_generic_string+0x2c/0x40|urandom_read+0x92/0x280|__x64_sys_getrandom+0xc5/0x150|do_syscall_64+0x5a/0x120",
      null,
    ],
    ["4.4 getrandom, already running again", "R", "SyS_getrandom+0xe2/0x150|entry_SYSCALL_64_fastpath+0x16/0x71", null],
    [
      "poll",
      "S",
      "do_sys_poll+0x535/0x600|__x64_sys_poll+0x4a/0x140|do_syscall_64+0x5d/0xb0|entry_SYSCALL_64_after_hwframe+0x6e/0xd8",
      null,
    ],
    [
      "epoll",
      "S",
      "ep_poll+0x372/0x3d0|do_epoll_wait+0xde/0x100|__x64_sys_epoll_wait+0x6f/0x110|do_syscall_64+0x7e/0x170",
      null,
    ],
    ["nothing", "S", "", null],
  ])("%s (%s)", (_kernel, state, stack, expected) => {
    expect(verdict(stack, state)).toBe(expected);
  });
});

describe("the kernel's DRBG in FIPS mode", () => {
  it.each<[what: string, state: string | null, stack: string, expected: WaitInterface | null]>([
    [
      "a queue for it",
      "D",
      "__schedule+0x2c1/0x8a0|schedule+0x55/0xc0|__mutex_lock.constprop.0+0x31a/0x5d0|crypto_devrandom_read+0x5c/0x1d0|__x64_sys_getrandom+0x9a/0x120|do_syscall_64+0x5c/0x90",
      "getrandom",
    ],
    [
      "a queue for its lock",
      "S",
      "schedule+0x55/0xc0|__mutex_lock.constprop.0+0x31a/0x5d0|drbg_kcapi_random+0x58/0x140|crypto_devrandom_read_iter+0x131/0x2f0|vfs_read+0x1e0/0x2f0",
      "dev-random",
    ],
    [
      "its jitter, measured for getrandom",
      "R",
      "jent_measure_jitter+0x5e/0x80|jent_kcapi_random+0x4a/0xa0 [jitterentropy_rng]|drbg_seed+0x1a2/0x300|crypto_devrandom_read+0x9c/0x1d0|__x64_sys_getrandom+0x9a/0x120",
      "getrandom",
    ],
    [
      "long output, no wait",
      "R",
      "drbg_hmac_generate+0x111/0x1c0|drbg_kcapi_random+0x58/0x140|crypto_devrandom_read+0x9c/0x1d0|extrng_read+0x1b/0x30|vfs_read+0x9f/0x1a0",
      null,
    ],
    [
      "the kernel's own self-test, through no door",
      "S",
      "schedule+0x55/0xc0|jent_kcapi_random+0x4a/0xa0 [jitterentropy_rng]|drbg_seed+0x1a2/0x300|drbg_init+0x10/0x20|do_one_initcall+0x44/0x200",
      null,
    ],
  ])("%s (%s)", (_what, state, stack, expected) => {
    expect(verdict(stack, state)).toBe(expected);
  });
});

describe("frames that the unwinder only guesses", () => {
  it("prove no wait", () => {
    expect(verdict("? schedule+0x32/0x80|? wait_for_random_bytes+0x8c/0xbb|? SyS_getrandom+0x68/0x83", "S")).toBeNull();
    expect(
      verdict(
        "__schedule+0x2eb/0x740|schedule+0x32/0x80|? SyS_getrandom+0x68/0x83|do_nanosleep+0x5a/0x100|SyS_nanosleep+0x6a/0x90",
        "S",
      ),
    ).toBeNull();
  });

  it("do not hide one", () => {
    expect(
      verdict(
        "__schedule+0x2eb/0x740|? prepare_to_wait_event+0xf0/0xf0|schedule+0x32/0x80|SyS_getrandom+0xe2/0x150",
        "S",
      ),
    ).toBe("getrandom");
  });

  it("show the door where the kernel's return probes hide it (5.10 and 6.1 in the lab, recorder armed)", () => {
    const cut =
      "__schedule+0x34d/0x9e0|schedule+0x5a/0xd0|try_to_generate_entropy+0xe2/0x127|? _credit_init_bits+0x11d/0x11d|trace_clock_x86_tsc+0x20/0x20";
    expect(
      verdict(
        `${cut}|? wait_for_random_bytes+0x5/0x50|? trace_clock_x86_tsc+0x20/0x20|? vfs_read+0x23f/0x310|? do_syscall_64+0x5d/0x90`,
        "R",
      ),
    ).toBe("dev-random");
    expect(verdict(`${cut}|? vfs_read+0x23f/0x310|? ksys_read+0x6b/0xf0|? do_syscall_64+0x5d/0x90`, "R")).toBe(
      "urandom",
    );
    expect(
      verdict(`${cut}|? wait_for_random_bytes+0x5/0x50|? do_syscall_64+0x5d/0x90|? vfs_read+0x23f/0x310`, "R"),
    ).toBe("getrandom");
    expect(
      verdict("wait_for_random_bytes.cold+0x186/0x19d|elfcorehdr_read+0x40/0x40|? new_sync_read+0x119/0x1b0", "R"),
    ).toBe("dev-random");
  });

  it("do not speak against a whole stack", () => {
    expect(
      verdict(
        "wait_for_random_bytes+0x8c/0xbb|ceph_create_client+0x1d/0x2b0 [libceph]|? __x64_sys_getrandom+0x9a/0x120|do_syscall_64+0x4e/0x100",
        "S",
      ),
    ).toBe("kernel");
  });

  it("a stack cut right at the wait is most likely getrandom's", () => {
    expect(verdict("wait_for_random_bytes+0x8c/0xbb", "S")).toBe("getrandom");
  });
});

describe("the caller that a return probe names", () => {
  it.each<[string, WaitInterface | null]>([
    ["__x64_sys_getrandom", "getrandom"],
    ["__arm64_sys_getrandom", "getrandom"],
    ["__ia32_sys_getrandom", "getrandom"],
    ["__se_sys_getrandom", "getrandom"],
    ["__riscv_sys_getrandom", "getrandom"],
    ["__s390x_sys_getrandom", "getrandom"],
    ["sys_getrandom", "getrandom"],
    ["x64_sys_call", "getrandom"],
    ["random_read_iter", "dev-random"],
    ["random_read", "dev-random"],
    ["urandom_read_iter.cold", "urandom"],
    ["ceph_create_client", "kernel"],
    ["my_sys_getrandom_test", "kernel"],
    ["wait_for_random_bytes.cold", null],
  ])("%s: %s", (caller, expected) => {
    expect(interfaceOfCaller(caller)).toBe(expected);
  });
});

describe("a hostile line of 200 KB, and lines just short enough to be read", () => {
  const longEnough = 200_000;
  it.each<[what: string, line: (size: number) => string]>([
    ["addresses", (size) => "[<0>] ".repeat(size / 6)],
    ["froms", (size) => " from ".repeat(size / 6)],
    ["one name", (size) => "a".repeat(size)],
    ["dots", (size) => ".".repeat(size)],
    ["blanks", (size) => `${" ".repeat(size)}x`],
    ["brackets", (size) => "([".repeat(size / 2)],
    ["offsets", (size) => "a+0x1/0x2 ".repeat(size / 10)],
  ])("%s", (_what, line) => {
    expect(growth((length) => void parseFrames(line(length), { bare: true }), longEnough)).toBeLessThan(linear);
  });
});
