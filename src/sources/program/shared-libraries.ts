import { type ElfDynamic, parseElfDynamic } from "../../parse/program/elf-dynamic.ts";
import { parseLinkerConf } from "../../parse/program/ld-so-conf.ts";
import { followBelow } from "../../platform/confined.ts";
import { dirname, fs, join } from "../../platform/builtins.ts";
import { withFileParts } from "../../platform/file-parts.ts";
import { attempt, namesOrNone, textOrNull } from "../../platform/pseudo-file.ts";
import type { Roots } from "../../platform/roots.ts";
import { fileName } from "../../core/base/file-name.ts";

/** A desktop's largest programs need 300 libraries. More are left out. */
const bounds = { librariesOfProgram: 512, filesKept: 4096, folders: 128, includes: 64 } as const;

/** A file that the dynamic linker maps for a program, and which file requires it. */
interface Loaded {
  readonly path: string;
  readonly elf: ElfDynamic;
  readonly by: Loaded | null;
}

/** Debian's folder of each processor, by e_machine. */
const multiarch: Readonly<Record<number, string>> = {
  3: "i386-linux-gnu",
  21: "powerpc64le-linux-gnu",
  22: "s390x-linux-gnu",
  40: "arm-linux-gnueabihf",
  62: "x86_64-linux-gnu",
  183: "aarch64-linux-gnu",
  243: "riscv64-linux-gnu",
  258: "loongarch64-linux-gnu",
};

/**
 * The libraries that ld.so(8) would map for a program of a host: by the needs of its file and of theirs, without
 * LD_LIBRARY_PATH and LD_PRELOAD. What a program opens later by itself (dlopen(3)) is not among them. Keeps what it
 * read for the next program.
 */
export class SharedLibraries {
  readonly #top: string;
  readonly #configured: readonly string[];
  readonly #files = new Map<string, ElfDynamic | null>();
  readonly #followed = new Map<string, string | null>();

  constructor(roots: Roots) {
    this.#top = roots.top;
    this.#configured = configuredFolders(roots);
  }

  /**
   * The program's own file first, then its libraries; null where the program is no ELF file that can be read. `path` is
   * the host's.
   */
  filesOf(program: string): readonly { readonly path: string; readonly elf: ElfDynamic }[] | null {
    const path = followBelow(this.#top, program);
    const elf = path === null ? null : this.elfAt(path);
    if (path === null || elf === null) return null;
    const loaded: Loaded[] = [{ path, elf, by: null }];
    const names = new Set<string>();
    for (let index = 0; index < loaded.length; index++) {
      const file = loaded[index] as Loaded;
      for (const name of file.elf.needed) {
        if (names.has(name) || loaded.length >= bounds.librariesOfProgram) continue;
        names.add(name);
        const found = this.#find(name, file);
        if (found !== null && !loaded.some((known) => known.path === found.path)) loaded.push(found);
      }
    }
    return loaded;
  }

  /** The file at a path without links. */
  elfAt(path: string): ElfDynamic | null {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const read = withFileParts(join(this.#top, path), parseElfDynamic);
    const elf = read.kind === "ok" ? read.value : null;
    if (this.#files.size < bounds.filesKept) this.#files.set(path, elf);
    return elf;
  }

  #find(name: string, by: Loaded): Loaded | null {
    const folders = name.includes("/") ? [""] : this.#foldersOf(by);
    for (const folder of folders) {
      const place = folder === "" ? name : this.#follow(folder);
      const path = place === null ? null : folder === "" ? followBelow(this.#top, place) : this.#fileIn(place, name);
      const elf = path === null ? null : this.elfAt(path);
      // As the linker: a file for another processor is passed over.
      if (path !== null && elf !== null && elf.bits === by.elf.bits && elf.machine === by.elf.machine)
        return { path, elf, by };
    }
    return null;
  }

  /** A file of a folder that is free of links; nearly all names are in one folder only, so absence must be cheap. */
  #fileIn(folder: string, name: string): string | null {
    const stats = attempt(() => fs.lstatSync(join(this.#top, folder, name), { throwIfNoEntry: false }));
    if (stats.kind !== "ok" || stats.value === undefined) return null;
    return stats.value.isSymbolicLink() ? followBelow(this.#top, `${folder}/${name}`) : `${folder}/${name}`;
  }

  #follow(folder: string): string | null {
    const known = this.#followed.get(folder);
    if (known !== undefined) return known;
    const followed = followBelow(this.#top, folder);
    if (this.#followed.size < bounds.filesKept) this.#followed.set(folder, followed);
    return followed;
  }

  /** Where the linker looks for a library without a path, in its order. */
  #foldersOf(by: Loaded): readonly string[] {
    const { bits, machine, runpath } = by.elf;
    const own: string[] = [];
    // DT_RPATH is also that of the file that loaded this one; DT_RUNPATH is the file's own, and overrules its DT_RPATH.
    for (let file: Loaded | null = by; file !== null && own.length < bounds.folders; file = file.by) {
      const { path, elf } = file;
      if (elf.runpath.length === 0) own.push(...elf.rpath.map((folder) => expanded(folder, { path, elf })));
    }
    own.push(...runpath.map((folder) => expanded(folder, by)));
    const lib = multiarch[machine];
    const usual = [
      ...(lib === undefined ? [] : [`/lib/${lib}`, `/usr/lib/${lib}`]),
      ...(bits === 64 ? ["/lib64", "/usr/lib64"] : []),
      "/lib",
      "/usr/lib",
    ];
    return [...own.slice(0, bounds.folders), ...this.#configured, ...usual];
  }
}

/** Dynamic string tokens, ld.so(8). */
function expanded(folder: string, { path, elf }: Pick<Loaded, "path" | "elf">): string {
  const lib = elf.bits === 64 ? "lib64" : "lib";
  return folder.replace(/\$(?:ORIGIN\b|\{ORIGIN\})/g, dirname(path)).replace(/\$(?:LIB\b|\{LIB\})/g, lib);
}

/** The folders of /etc/ld.so.conf and of what it includes, from which ldconfig(8) makes the linker's cache. */
function configuredFolders({ etc, top }: Roots): readonly string[] {
  const folders: string[] = [];
  const files = [join(etc, "ld.so.conf")];
  for (let index = 0; index < files.length && index < bounds.includes; index++) {
    for (const line of parseLinkerConf(textOrNull(files[index] as string) ?? "")) {
      if ("folder" in line) folders.push(line.folder);
      else files.push(...matching(top, line.include.startsWith("/") ? line.include : join("/etc", line.include)));
    }
  }
  return folders.slice(0, bounds.folders);
}

/** The files that a pattern names; stars in its last part, as they are there. */
function matching(top: string, pattern: string): readonly string[] {
  const folder = join(top, dirname(pattern));
  const [before = "", after, ...more] = fileName(pattern).split("*");
  if (after === undefined) return [join(folder, before)];
  if (more.length > 0) return [];
  return namesOrNone(folder)
    .filter((name) => name.startsWith(before) && name.endsWith(after) && !name.startsWith("."))
    .map((name) => join(folder, name));
}
