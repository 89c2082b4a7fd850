import type { Wait } from "../../src/core/wait.ts";
import { type BootRecord, type Diagnosed, emptyRecord } from "../../src/core/boot-record.ts";
import type { Evidence } from "../../src/core/evidence.ts";
import { fold } from "../../src/core/fold.ts";
import { diagnose } from "../../src/diagnose/findings.ts";
import { aCaller } from "./waits.ts";
import { fips, logged, loss, readyLine, urandomRead, wait } from "../core/evidence-of.ts";

/**
 * Names that break texts which do not escape: quotes, line ends, escape sequences, markup, halves of characters, and no
 * end.
 */
export const hostileNames: readonly string[] = [
  'sshd"} 1\ncrngwatch_ready 0',
  "\\",
  '\\"',
  "back\\x2dslash.service",
  '"><script>alert(1)</script>',
  "\u001b[31mred\u001b[0m\r\n# EOF",
  "half a character \ud800",
  "\u202eright to left\u0000",
  "# HELP crngwatch_ready no",
  "ünïcödé 雪 🎲",
  "x".repeat(65_536),
];

/** What a recorder that works and has seen nothing answers, or what a test makes of it. */
export function aRecorder(facts: Partial<BootRecord["recorder"]> = {}): NonNullable<BootRecord["recorder"]> {
  return { armed: true, sees: "waits", recording: true, events: 0, problem: null, ...facts };
}

/** A boot of which every metric has something to tell. */
export function fullRecord(more: Partial<BootRecord> = {}): Diagnosed {
  const evidence: readonly Evidence[] = [
    {
      kind: "kernel",
      bootId: null,
      release: "6.12.9-200.fc41.x86_64",
      version: null,
      buildId: null,
      commandLine: null,
    },
    { kind: "supply", virtualization: { vm: "kvm", container: null } },
    fips(true),
    urandomRead(1),
    logged(1.5, { kind: "missed-warnings", count: 7 }),
    wait(2, 31.5, {
      unit: "init.scope",
      caller: aCaller("libgcrypt.so.20"),
      libraries: ["libcrypto.so.3", "libgcrypt.so.20"],
      librariesSource: "maps",
      to: 33.5,
    }),
    // Its libraries are candidates only: no metric names them.
    wait(3, 1.25, { pid: 500, unit: "sshd-keygen@rsa.service", libraries: ["libcrypto.so.3"], to: 4.25 }),
    wait(3.5, 1.5, { pid: 501, unit: "sshd-keygen@rsa.service", to: 5 }),
    wait(40, null, { pid: 600, interface: "dev-random", unit: "rngd.service" }),
    readyLine(34.25),
    logged(90, { kind: "reseed", reason: "vm-fork" }),
    loss(4, 50, 60, 12),
    { kind: "source", name: "kmsg", health: "ok", detail: null },
    { kind: "source", name: "hw-random", health: "absent", detail: null },
    { kind: "source", name: "dev-random-poll", health: "denied", detail: "EACCES" },
  ];
  return { ...diagnose(fold(emptyRecord(), evidence).record), ...more };
}

/** Waits of tasks with hostile names, each in units, libraries and interfaces of its own. */
export function hostileWaits(count = hostileNames.length): readonly Wait[] {
  return Array.from({ length: count }, (_, index) => {
    const name = hostileNames[index % hostileNames.length] as string;
    return wait(1, index + 1, {
      pid: index,
      unit: `${name}${index}`,
      caller: aCaller(name, { function: name, stack: [{ file: name, function: name, offset: 1, buildId: null }] }),
      libraries: [name],
      librariesSource: "maps",
      to: index + 2,
    }).wait;
  });
}
