import { describe, expect, it } from "vitest";
import { emptyRecord } from "../../src/core/boot-record.ts";
import { statusLine, summaryText } from "../../src/render/text/status.ts";
import { openWaitText, waitText } from "../../src/render/wait-text.ts";
import { aCaller, aWait } from "../support/records/waits.ts";
import { diagnose } from "../../src/diagnose/findings.ts";

describe("a wait in one line", () => {
  it("names who, how long, how and through what", () => {
    expect(openWaitText(aWait(), 41.9)).toBe(
      "sshd-keygen[612] has waited 41 s for the CRNG in getrandom (has libcrypto.so.3 loaded)",
    );
    expect(openWaitText(aWait(), 0.9)).toBe(
      "sshd-keygen[612] waits for the CRNG in getrandom (has libcrypto.so.3 loaded)",
    );
    expect(waitText(aWait({ to: 43.2, seconds: 42.2 }))).toBe(
      "sshd-keygen[612] waited 42 s for the CRNG in getrandom (has libcrypto.so.3 loaded)",
    );
    expect(waitText(aWait({ to: 2.0345, seconds: 1.0345, tid: 614, polls: true }))).toBe(
      "sshd-keygen[612/614] waited 1.034 s for the CRNG in a poll of /dev/random",
    );
  });

  it("names a program whole, whose name the kernel has cut", () => {
    const cut = { comm: "systemd-random-", libraries: [], to: 3.5, seconds: 2.5 };
    expect(waitText(aWait({ ...cut, exe: "/usr/lib/systemd/systemd-random-seed" }))).toBe(
      "systemd-random-seed[612] waited 2.500 s for the CRNG in getrandom",
    );
    for (const exe of [null, "/usr/bin/python3"])
      expect(waitText(aWait({ ...cut, exe }))).toBe("systemd-random-[612] waited 2.500 s for the CRNG in getrandom");
    expect(waitText(aWait({ ...cut, comm: "sshd", exe: "/usr/bin/sshd-keygen" }))).toBe(
      "sshd[612] waited 2.500 s for the CRNG in getrandom",
    );
  });

  it("describes the boot of 2018", () => {
    expect(
      openWaitText(
        aWait({
          pid: 1,
          comm: "systemd",
          caller: aCaller("libgcrypt.so.20", { fromConstructor: true }),
          libraries: ["libcrypto.so.3", "libgcrypt.so.20"],
          fips: true,
        }),
        61,
      ),
    ).toBe("systemd[1] has waited 61 s for the CRNG in getrandom via the constructor of libgcrypt.so.20 in FIPS mode");
  });

  it("says via of what is proven alone", () => {
    const ended = { to: 3, seconds: 2 };
    const both = { ...ended, libraries: ["libcrypto.so.3", "libgcrypt.so.20"] };
    const words = (facts: Parameters<typeof aWait>[0]): string =>
      waitText(aWait(facts)).replace("sshd-keygen[612] waited 2.000 s for the CRNG in getrandom", "…");
    expect(words(both)).toBe("… (has libcrypto.so.3 and libgcrypt.so.20 loaded)");
    expect(words({ ...both, fips: true })).toBe("… in FIPS mode (has libcrypto.so.3 and libgcrypt.so.20 loaded)");
    expect(words({ ...both, librariesSource: "elf" })).toBe("… (is linked with libcrypto.so.3 and libgcrypt.so.20)");
    expect(words({ ...ended, libraries: ["libgcrypt"], librariesSource: "request" })).toBe(
      "… (its request is like one of libgcrypt)",
    );
    expect(words({ ...ended, libraries: ["a", "b", "c", "d", "e"] })).toBe("… (has a, b, c and 2 more loaded)");
    expect(words({ ...ended, libraries: ["libc.so.6"] })).toBe("…");
    expect(words({ ...both, caller: aCaller("libgcrypt.so.20") })).toBe("… via libgcrypt.so.20");
    expect(words({ ...both, caller: aCaller(null) })).toBe("… from its own code");
    for (const caller of [null, aCaller(null)]) expect(words({ ...both, caller })).not.toContain("via");
  });

  it("says no more than is known", () => {
    expect(openWaitText(aWait({ pid: null, comm: null, libraries: [], from: null, interface: "kernel" }), 3)).toBe(
      "a task has waited at least 3 s for the CRNG in the kernel itself",
    );
    expect(waitText(aWait({ from: null, seconds: null, interface: "urandom", libraries: [] }))).toBe(
      "sshd-keygen[612] waited for the CRNG in a read of /dev/urandom",
    );
    expect(waitText(aWait({ from: null, to: 9, seconds: 3, libraries: [] }))).toBe(
      "sshd-keygen[612] waited at least 3.000 s for the CRNG in getrandom",
    );
    expect(waitText(aWait({ to: null, seconds: 120, interface: "dev-random", libraries: [] }))).toBe(
      "sshd-keygen[612] waited at least 120 s (2 min 0 s) for the CRNG in a read of /dev/random",
    );
  });

  it("escapes what strangers call themselves", () => {
    expect(openWaitText(aWait({ comm: "a\n<0>b\u001b[31m", libraries: ["x\u202e"] }), 1)).toBe(
      "a\\x0a<0>b\\x1b[31m[612] has waited 1 s for the CRNG in getrandom (has x\\u{202e} loaded)",
    );
  });
});

describe("STATUS=", () => {
  it("carries the longest waiter in front of the CRNG's state", () => {
    const record = emptyRecord();
    expect(statusLine(record, [])).toBe("CRNG state unknown");
    expect(statusLine(record, [{ wait: aWait(), seconds: 41 }])).toBe(
      "sshd-keygen[612] has waited 41 s for the CRNG in getrandom (has libcrypto.so.3 loaded); CRNG state unknown",
    );
    expect(
      statusLine(
        record,
        [41, 3, 2].map((seconds) => ({ wait: aWait(), seconds })),
      ),
    ).toMatch(/ \(has libcrypto\.so\.3 loaded\), and 2 more wait; CRNG state unknown$/);
  });
});

it("a boot is summed up with its longest wait", () => {
  const waits = [aWait({ to: 3, seconds: 2 }), aWait({ pid: 7, comm: "gpg", to: 9, seconds: 8 })];
  expect(summaryText(diagnose(emptyRecord()))).toBe(
    "Boot summary: Undecided whether the CRNG delayed this boot: its state is unknown; CRNG state unknown",
  );
  expect(summaryText({ ...diagnose(emptyRecord()), waits })).toBe(
    "Boot summary: Undecided whether the CRNG delayed this boot: its state is unknown; CRNG state unknown; 2 waits, the longest: gpg[7] waited 8.000 s for the CRNG in getrandom (has libcrypto.so.3 loaded)",
  );
});
