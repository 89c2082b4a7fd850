import { join } from "../../platform/builtins.ts";
import type { FipsEvidence } from "../../core/evidence.ts";
import { booleanParameter } from "../../parse/command-line/command-line.ts";
import { exists, readNames, readText, textOrNull } from "../../platform/pseudo-file.ts";
import { fipsHook } from "./fips-hook.ts";
import { type Host, ok, type Source, unable } from "../source.ts";

/** FIPS mode: the kernel's, and the files by which libraries and the initramfs choose theirs. */
export const fips: Source = {
  name: "fips",
  reads:
    "/proc/sys/crypto/fips_enabled, in FIPS mode /proc/kallsyms, /proc/cmdline, /etc/system-fips, /etc/crypto-policies/state/current, dracut's configuration",
  needs: "nothing",
  without:
    "whether the probe shows the CRNG's state (in FIPS mode RHEL 8.3 and later, and some Fedora kernels, answer from a DRBG)",
  schedule: "once",
  observe({ roots }) {
    const path = join(roots.proc, "sys/crypto/fips_enabled");
    const enabled = readText(path);
    if (enabled.kind === "denied" || enabled.kind === "failed") return unable(enabled.kind, `Cannot read '${path}'`);
    if (enabled.kind === "ok" && !/^\d+$/.test(enabled.value))
      return unable("failed", `'${path}' holds '${enabled.value}', not 0 or 1`);
    // A kernel without the file was built without FIPS mode: `fips=1` is then ignored in silence. Without /proc nothing
    // is known.
    const without = exists(join(roots.proc, "sys/kernel")) === true ? false : null;
    const commandLine = textOrNull(join(roots.proc, "cmdline"));
    const isOn = enabled.kind === "ok" ? Number(enabled.value) !== 0 : without;
    const facts: FipsEvidence = {
      kind: "fips",
      kernel: isOn,
      hook: isOn === true ? fipsHook(roots) : null,
      commandLine: commandLine === null ? null : booleanParameter(commandLine, "fips"),
      systemFips: exists(join(roots.etc, "system-fips")),
      cryptoPolicy: textOrNull(join(roots.etc, "crypto-policies/state/current")),
      dracutFips: dracutAddsFips({ roots }),
    };
    const { commandLine: byLine, systemFips, cryptoPolicy, dracutFips } = facts;
    const isKnown = [isOn, byLine, cryptoPolicy, dracutFips].some((fact) => fact !== null) || systemFips === true;
    return isKnown ? ok(facts) : unable("absent", `Cannot read '${path}'`);
  },
};

/** Whether dracut is configured to put its fips module into the initramfs, as fips-mode-setup(8) writes it. */
function dracutAddsFips({ roots }: Pick<Host, "roots">): boolean | null {
  const folders = [join(roots.etc, "dracut.conf.d"), join(roots.usr, "lib/dracut/dracut.conf.d")];
  const listed = folders.map((folder) => ({ folder, names: readNames(folder) }));
  if (listed.every(({ names }) => names.kind !== "ok")) return null;
  return listed.some(({ folder, names }) =>
    names.kind === "ok"
      ? names.value.some((name) =>
          /^[ \t]*(?:add|force_add)?_?dracutmodules\+?=.*\bfips\b/m.test(textOrNull(join(folder, name)) ?? ""),
        )
      : false,
  );
}
