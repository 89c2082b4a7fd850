import type { Suspect } from "../../core/evidence.ts";
import { type FipsSwitches, processFips } from "../../parse/program/process-fips.ts";
import { type LibraryFamily, type RandomLibrary, randomLibraries } from "../../parse/program/random-libraries.ts";
import { followBelow } from "../../platform/confined.ts";
import { join } from "../../platform/builtins.ts";
import { readLink } from "../../platform/pseudo-file.ts";
import { fipsSwitches } from "./fips-switches.ts";
import { placeOfProgram } from "./program-units.ts";
import { SharedLibraries } from "./shared-libraries.ts";
import { type Host, ok, type Source, unable } from "../source.ts";
import { unitCommands } from "./systemd-units.ts";
import { fileName } from "../../core/base/file-name.ts";

/** Which programs would block at a boot whose CRNG is late. */
export const suspects: Source = {
  name: "suspects",
  reads:
    "unit files in /etc, /run and /usr/lib, and the ELF headers of the programs that early units start and of their libraries",
  needs: "nothing",
  without: "which programs would block if the CRNG were late",
  schedule: "on-request",
  observe(host) {
    const found = suspectsOf(host);
    if (found === null) return unable("absent", "neither a first process nor systemd units were found");
    return ok({ kind: "suspects", suspects: found });
  },
};

/** A host in FIPS mode whose systemd has libgcrypt has about 40. */
const mostSuspects = 128;

/** Programs whose purpose needs random bytes, whatever they link. */
const drawers: readonly { readonly program: RegExp; readonly words?: RegExp; readonly why: string }[] = [
  {
    program: /^systemd-random-seed$/,
    why: "it waits in getrandom(2) until the CRNG is ready, and whatever is ordered after it waits with it",
  },
  { program: /^(?:ssh-keygen|sshd-keygen|sshd-gen-keys-start|dropbearkey)$/, why: "it makes host keys" },
  { program: /^bootctl$/, words: /\brandom-seed\b/, why: "it draws the boot loader's next seed" },
  { program: /^dbus-daemon$/, why: "it reads /dev/urandom as it starts, and since Linux 5.18 that waits, too" },
  { program: /^node(?:-\d+)?$/, why: "Node.js draws random bytes as it starts" },
];

/**
 * Programs that would block if the CRNG were late, found before it happens: the first process, the programs of
 * units that a boot pulls in before its ordinary services, and of any unit those that draw by what they are for. Reads
 * a few hundred files. Null: nothing is found that a boot would start.
 */
export function suspectsOf({ roots }: Pick<Host, "roots">): readonly Suspect[] | null {
  const switches = fipsSwitches(roots);
  const libraries = new SharedLibraries(roots);
  const found = new Map<string, Suspect>();
  const first = firstProgram(roots.top, roots.proc);
  const commands = [
    ...(first === null ? [] : [{ unit: "init.scope", program: first, words: [first], early: true }]),
    ...unitCommands(roots),
  ];
  if (commands.length === 0) return null;
  for (const { unit, program, words, early } of commands) {
    const exe = placeOfProgram(roots.top, program);
    const key = `${unit} ${exe}`;
    if (exe === null || found.has(key) || found.size >= mostSuspects) continue;
    const files = early ? libraries.filesOf(exe) : null;
    const linked = randomLibraries(files?.map(({ path }) => path) ?? []);
    const name = fileName(exe);
    const draws = drawers.find(
      (row) => row.program.test(name) && (row.words === undefined || row.words.test(words.slice(1).join(" "))),
    );
    const loads = whyLoading(
      linked,
      switches,
      (library) => files?.find(({ path }) => path.endsWith(`/${library.file}`))?.elf.constructors ?? 0,
    );
    const why = loads ?? draws?.why;
    if (why !== undefined) found.set(key, { unit, exe, libraries: linked.map(({ soname }) => soname), why });
  }
  return [...found.values()];
}

/** Where the kernel, or the initramfs, starts the first process; a living one says so itself. */
function firstProgram(top: string, proc: string): string | null {
  const link = readLink(join(proc, "1/exe"));
  const known = link.kind === "ok" ? link.value.replace(/ \(deleted\)$/, "") : null;
  return (
    [known, "/sbin/init", "/usr/lib/systemd/systemd"].find(
      (path) => path !== null && followBelow(top, path) !== null,
    ) ?? null
  );
}

const [always, never] = [(): boolean => true, (): boolean => false];

/** Whether a library in FIPS mode tests itself, with random bytes, before a program asks it for any. */
const testsItself: Readonly<Record<LibraryFamily, (library: RandomLibrary) => boolean>> = {
  libgcrypt: always,
  GnuTLS: always,
  // 1.x as it is loaded, as Fedora and RHEL patch it; 3 draws when a program asks for random bytes.
  OpenSSL: ({ soname }) => soname.startsWith("libcrypto.so.1"),
  NSS: never,
  libsodium: never,
  libc: never,
};

/** Why a program draws random bytes as it is loaded, or as it first uses what it links; null: it does not. */
function whyLoading(
  linked: readonly RandomLibrary[],
  switches: FipsSwitches,
  constructorsOf: (library: RandomLibrary) => number,
): string | null {
  for (const library of linked) {
    const mode = testsItself[library.family](library) ? processFips([library], {}, switches) : null;
    if (mode?.fips !== true) continue;
    const because = mode.why.replace(`${library.soname}: `, "");
    // Where Fedora and RHEL add a constructor, upstream and Debian have none; the compiler's own start files make one
    // entry.
    const asLoaded = constructorsOf(library) > 1;
    // The self-tests of OpenSSL 1.x are part of that constructor.
    if (!asLoaded && library.family === "OpenSSL") continue;
    return asLoaded
      ? `the FIPS self-tests of ${library.soname} draw random bytes as it is loaded (${because})`
      : `the FIPS self-tests of ${library.soname} draw random bytes when it is first used (${because})`;
  }
  return null;
}
