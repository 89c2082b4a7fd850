import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type LiveStack, parseLiveStack } from "../../../src/parse/stack/live-stack.ts";
import { project } from "../../support/running/program.ts";
import { anyText } from "../../support/inputs/any-text.ts";

type Waits = Omit<Extract<LiveStack, { readonly kind: "waiting" }>, "kind" | "interface">;

const spins: Waits = { generator: "crng", gatheredJitter: true, unlessRunning: false };
const waits: Waits = { generator: "crng", gatheredJitter: false, unlessRunning: false };
const sleeps: Waits = { generator: "crng", gatheredJitter: false, unlessRunning: true };

/** What each section of the measured stacks shows. */
const stacks: Readonly<Record<string, LiveStack>> = {
  getrandom: { kind: "waiting", interface: "getrandom", ...waits },
  "getrandom, gathering": { kind: "waiting", interface: "getrandom", ...spins },
  "getrandom, unless running": { kind: "waiting", interface: "getrandom", ...sleeps },
  "dev-random": { kind: "waiting", interface: "dev-random", ...waits },
  "dev-random, gathering": { kind: "waiting", interface: "dev-random", ...spins },
  "dev-random, unless running": { kind: "waiting", interface: "dev-random", ...sleeps },
  "urandom, gathering": { kind: "waiting", interface: "urandom", ...spins },
  polling: { kind: "polling" },
  other: { kind: "other" },
};

interface Measured {
  readonly section: string;
  readonly kernels: string;
  readonly frames: readonly string[];
}

function measured(): readonly Measured[] {
  let section = "";
  return readFileSync(join(project, "test/fixtures/live-stacks.txt"), "utf8")
    .split("\n")
    .flatMap((line) => {
      section = /^\[(.+)\]$/.exec(line)?.[1] ?? section;
      const [, kernels, frames] = /^(\d[^:]*): (.+)$/.exec(line) ?? [];
      return kernels === undefined || frames === undefined ? [] : [{ section, kernels, frames: frames.split(" ") }];
    });
}

/** How kernels print the same stack. */
const styles: readonly (readonly [kernels: string, print: (frames: readonly string[]) => string])[] = [
  [
    "4.4",
    (frames) =>
      [...frames.map((frame) => `[<ffffffff815155e2>] ${frame}`), "[<ffffffffffffffff>] 0xffffffffffffffff", ""].join(
        "\n",
      ),
  ],
  [
    "4.14",
    (frames) =>
      [...frames.map((frame) => `[<0000000000000000>] ${frame}`), "[<ffffffffffffffff>] 0xffffffffffffffff", ""].join(
        "\n",
      ),
  ],
  ["4.15 and later", (frames) => [...frames.map((frame) => `[<0>] ${frame}`), ""].join("\n")],
];

const stack = (...frames: readonly string[]): string => styles[2]?.[1](frames) ?? "";
const [viaGetrandom, viaRead] = [
  ["__x64_sys_getrandom+0x9a/0x120", "do_syscall_64+0x5c/0x90"],
  ["vfs_read+0x1e0/0x2f0", "ksys_read+0x5f/0xe0", "do_syscall_64+0x5c/0x90"],
];

describe.each(styles)("a stack that was measured, as %s prints it", (_kernels, print) => {
  it.each(measured().map(({ section, kernels, frames }) => [section, kernels, frames] as const))(
    "%s: %s",
    (section, _of, frames) => {
      expect(parseLiveStack(print(frames))).toEqual(stacks[section]);
    },
  );
});

it("there is a stack that was measured for each thing reported", () => {
  expect(new Set(measured().map(({ section }) => section))).toEqual(new Set(Object.keys(stacks)));
});

// By the source of RHEL's and Fedora's crypto/rng.c. /proc/PID/stack leaves out the scheduler's functions, and mutexes
// are among them.
describe("the DRBG of a FIPS kernel", () => {
  it.each<[what: string, frames: readonly string[], expected: LiveStack]>([
    [
      "a queue to reseed it",
      ["crypto_devrandom_read+0x5c/0x1d0", ...viaGetrandom],
      { kind: "waiting", interface: "getrandom", ...sleeps, generator: "drbg" },
    ],
    [
      "a queue of a kernel that keeps one for each processor",
      ["lock_reseed_rng+0x4c/0x120", "crypto_devrandom_read_iter+0xb1/0x5f0", ...viaGetrandom],
      { kind: "waiting", interface: "getrandom", ...sleeps, generator: "drbg" },
    ],
    [
      "a queue for its lock",
      ["drbg_kcapi_random+0x58/0x140", "crypto_devrandom_read_iter+0x131/0x2f0", ...viaRead],
      { kind: "waiting", interface: "dev-random", ...sleeps, generator: "drbg" },
    ],
    [
      "its jitter",
      [
        "jent_measure_jitter+0x5e/0x80",
        "jent_kcapi_random+0x4a/0xa0 [jitterentropy_rng]",
        "drbg_seed+0x1a2/0x300",
        "crypto_devrandom_read+0x9c/0x1d0",
        ...viaGetrandom,
      ],
      { kind: "waiting", interface: "getrandom", ...waits, generator: "drbg" },
    ],
    [
      "its output, which is no wait where it runs",
      [
        "drbg_hmac_generate+0x111/0x1c0",
        "drbg_kcapi_random+0x58/0x140",
        "crypto_devrandom_read+0x9c/0x1d0",
        "extrng_read+0x1b/0x30",
        ...viaRead,
      ],
      { kind: "waiting", interface: "dev-random", ...sleeps, generator: "drbg" },
    ],
    [
      "its own self-test",
      [
        "jent_kcapi_random+0x4a/0xa0 [jitterentropy_rng]",
        "drbg_seed+0x1a2/0x300",
        "drbg_init+0x10/0x20",
        "do_one_initcall+0x44/0x200",
      ],
      { kind: "other" },
    ],
    [
      "a socket of AF_ALG, which is no door",
      [
        "jent_measure_jitter+0x547/0x770",
        "jent_kcapi_random+0x6c/0x250",
        "rng_recvmsg+0x149/0x2d0",
        "sock_recvmsg+0x88/0xb0",
      ],
      { kind: "other" },
    ],
  ])("%s", (_what, frames, expected) => {
    expect(parseLiveStack(stack(...frames))).toEqual(expected);
  });
});

describe("a stack that only looks like a wait", () => {
  it.each<[what: string, frames: readonly string[]]>([
    [
      "the kernel's thread for a hardware generator, held back",
      ["add_hwgenerator_randomness+0x9c/0x100", "hwrng_fillfn+0x1d6/0x2f0", "kthread+0xfa/0x240"],
    ],
    ["a read of /dev/hwrng", ["virtio_read+0xae/0xf0 [virtio_rng]", "rng_dev_read+0x87/0x2a0", ...viaRead]],
    [
      "a write to /dev/random",
      ["write_pool_user+0x6b/0xe0", "random_write_iter+0x1a/0x30", "vfs_write+0x2ce/0x3e0", "do_syscall_64+0x5c/0x90"],
    ],
  ])("%s", (_what, frames) => {
    expect(parseLiveStack(stack(...frames))).toEqual({ kind: "other" });
  });

  it("is none where there is no stack: a task on a processor, or one that has ended", () => {
    expect(parseLiveStack("")).toEqual({ kind: "other" });
  });
});

it("whatever a task calls itself and whatever a file holds, nothing is thrown", () => {
  fc.assert(
    fc.property(anyText({ maxLength: 400 }), (text) =>
      ["waiting", "polling", "other"].includes(parseLiveStack(`${text}\nrandom`).kind),
    ),
  );
});
