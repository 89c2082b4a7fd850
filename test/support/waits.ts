import { unknownWait } from "../../src/core/wait.ts";
import type { Wait } from "../../src/core/boot-record.ts";

/** sshd-keygen's wait, or what a test makes of it. */
export function aWait(facts: Partial<Wait> = {}): Wait {
  const { kind: _, ...unknown } = unknownWait;
  return {
    ...unknown,
    pid: 612,
    comm: "sshd-keygen",
    exe: "/usr/bin/ssh-keygen",
    unit: "sshd-keygen@rsa.service",
    interface: "getrandom",
    from: 1,
    libraries: ["libcrypto.so.3"],
    fips: false,
    ended: (facts.to ?? null) === null ? null : "returned",
    evidence: "recorder",
    ...facts,
  };
}
