import { spawnSync } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { mounted, noMounts } from "../support/host/mounted.ts";

const project = join(import.meta.dirname, "../..");
const read = (path: string): string => readFileSync(join(project, path), "utf8");
interface Lock {
  readonly packages: Readonly<Record<string, { readonly version: string; readonly dev?: true }>>;
}
const lock = JSON.parse(read("package-lock.json")) as Lock;
const { version, engines } = JSON.parse(read("package.json")) as { version: string; engines: { node: string } };
const node = engines.node.replace(">=", "");

/** The production packages of a Linux machine of either architecture, as `name version`. */
const shipped = Object.entries(lock.packages)
  .filter(([path, { dev }]) => path !== "" && dev !== true && !/koffi-(?!linux-(x64|arm64)$)[a-z]+\d*-/.test(path))
  .map(([path, entry]) => `${path.replace("node_modules/", "")} ${entry.version}`);

describe("packaging", () => {
  it("names one version and one oldest Node everywhere", () => {
    expect(read("packaging/rpm/crngwatch.spec")).toContain(`Version:        ${version}\n`);
    expect(read("packaging/debian/changelog")).toMatch(new RegExp(`^crngwatch \\(${version.replaceAll(".", "\\.")}-\\d`));
    expect(read("packaging/rpm/crngwatch.spec").match(/nodejs >= .*/g)).toEqual(Array(2).fill(`nodejs >= 1:${node}`));
    expect(read("packaging/debian/control").match(/nodejs \(.*?\)/g)).toEqual(Array(2).fill(`nodejs (>= ${node})`));
  });

  it("units name manual pages that there are", () => {
    const units = readdirSync(join(project, "systemd"));
    for (const unit of units) {
      const named = [...read(`systemd/${unit}`).matchAll(/man:(\S+)\((\d)\)/g)];
      expect(named.length, unit).toBeGreaterThan(0);
      for (const [, page, section] of named) expect(existsSync(join(project, `docs/man/${page}.${section}.md`))).toBe(true);
    }
  });

  it("packages hold what README refers to", () => {
    const linked = new Set([...read("README.md").matchAll(/\]\(([^)#:]+)\)/g)].map(([, path = ""]) => path.split("/")[0]));
    const inDeb = read("packaging/debian/crngwatch.docs").trim().split("\n");
    const inRpm = (/^%doc (.*)$/m.exec(read("packaging/rpm/crngwatch.spec"))?.[1] ?? "").split(" ");
    for (const path of linked) for (const files of [inDeb, inRpm]) expect([...files, "LICENSE"]).toContain(path);
  });

  it("the RPM's bundled() lines name each package that the release holds, in its version", () => {
    const bundled = [...read("packaging/rpm/crngwatch.spec").matchAll(/bundled\(nodejs-(.*)\) = (.*)/g)];
    const named = new Set(
      shipped.map((line) => line.replace("@", "").replace("/", "-").replace(/-linux-(x64|arm64)/, "-linux")),
    );
    expect(bundled.map(([, name, of]) => `${name} ${of}`).toSorted()).toEqual([...named].toSorted());
  });
});

const missing = ["git", "tar", "gzip", "go-md2man"].filter((name) => spawnSync(name, ["--version"]).error !== undefined);
const reason = !existsSync(join(project, ".git"))
  ? "this is no git checkout"
  : missing.length > 0
    ? `there is no ${missing.join(", ")} here`
    : null;
if (reason !== null) console.warn(`Skipped in part: ${reason}`);

describe.skipIf(reason !== null)("npm run dist", () => {
  let folder: string;
  beforeAll(() => (folder = mkdtempSync(join(tmpdir(), "crngwatch-dist-"))));
  // The tree of packages of several installations.
  afterAll(() => rmSync(folder, { recursive: true, force: true }), 120_000);

  const run = (cwd: string, command: string, ...words: readonly string[]): string => {
    const { status, stdout, stderr } = spawnSync(command, words, { cwd, encoding: "utf8" });
    expect({ status, stderr }, `${command} ${words.join(" ")}`).toMatchObject({ status: 0 });
    return stdout;
  };
  /** A checkout of the same commit, with what was built here, in a folder of another name and with another umask. */
  const release = (name: string, umask: string): string => {
    const checkout = join(folder, name);
    run(folder, "git", "clone", "--quiet", project, name);
    // What is tracked and was changed since the commit.
    const changed = run(project, "git", "diff", "--name-only", "--diff-filter=d", "HEAD").split("\n");
    for (const path of changed.filter((line) => line !== "")) cpSync(join(project, path), join(checkout, path));
    cpSync(join(project, "dist"), join(checkout, "dist"), { recursive: true });
    const [path = ""] = run(checkout, "sh", "-c", `umask ${umask}; sh packaging/dist.sh`).trim().split("\n").slice(-1);
    return join(checkout, path);
  };

  it("makes the same bytes in two folders, with the bill of materials of what is in it, and installs from it alone", () => {
    const [one, two] = [release("one", "022"), release("other", "077")];
    expect(readFileSync(one).equals(readFileSync(two))).toBe(true);

    run(folder, "tar", "--extract", `--file=${one}`);
    const [name = ""] = readdirSync(folder).filter((entry) => entry.startsWith("crngwatch-"));
    expect(name).toBe(`crngwatch-${version}`);
    const unpacked = join(folder, name);
    const bill = JSON.parse(readFileSync(join(unpacked, "sbom.cdx.json"), "utf8")) as {
      readonly components: readonly { readonly name: string; readonly version: string; readonly licenses: unknown[] }[];
      readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[];
    };
    expect(bill.components.map((component) => `${component.name} ${component.version}`).toSorted()).toEqual(
      shipped.toSorted(),
    );
    const known = new Set(bill.dependencies.map(({ ref }) => ref));
    expect(bill.dependencies.flatMap(({ dependsOn }) => dependsOn).filter((ref) => !known.has(ref))).toEqual([]);
    for (const component of bill.components)
      expect(readdirSync(join(unpacked, "node_modules", component.name)).join(" "), component.name).toMatch(
        component.name.startsWith("@koromix/") ? /package\.json/ : /licen[cs]e/i,
      );

    const root = join(folder, "root");
    run(unpacked, "env", `DESTDIR=${root}`, "ARCH=x86_64", "sh", "packaging/install.sh");
    expect(readdirSync(root)).toEqual(["usr"]);
    expect(readdirSync(join(root, "usr/lib/systemd/system")).toSorted()).toEqual(
      readdirSync(join(project, "systemd")).toSorted(),
    );
    const pages = ["1", "5", "7", "8"].flatMap((section) => readdirSync(join(root, `usr/share/man/man${section}`)));
    expect(pages.map((page) => `${page}.md`).toSorted()).toEqual(readdirSync(join(project, "docs/man")).toSorted());
    expect(existsSync(join(root, "usr/lib/crngwatch/dist/man"))).toBe(false);
    expect(JSON.parse(readFileSync(join(root, "usr/share/crngwatch/crngwatch-record.schema.json"), "utf8"))).toMatchObject({
      $id: expect.stringContaining("crngwatch"),
    });
    expect(readdirSync(join(root, "usr/lib/crngwatch/node_modules/@koromix"))).toEqual(["koffi-linux-x64"]);
    const program = join(root, "usr/bin/crngwatch");
    expect(run(folder, program, "--version")).toBe(`crngwatch ${version}\n`);
    // Each package that a verb loads.
    expect(run(folder, program, "lint-alerts", join(project, "packaging/prometheus/crngwatch.rules.yml"))).toMatch(/^No /);
    expect(JSON.parse(run(folder, program, "report", "--format", "json"))).toMatchObject({
      boots: [{ sources: expect.arrayContaining([expect.objectContaining({ name: "getrandom", health: "ok" })]) }],
    });
    const world = run(root, "find", ".", "!", "-type", "l", "-perm", "/022");
    expect(world).toBe("");
    expect(statSync(join(root, "usr/lib/crngwatch/bin/crngwatch")).mode & 0o777).toBe(0o755);
  }, 180_000);

  it("npm install -g runs from what npm pack makes, without a script", () => {
    const prefix = join(folder, "prefix");
    const [tarball = ""] = run(project, "npm", "pack", "--silent", `--pack-destination=${folder}`).trim().split("\n");
    run(folder, "npm", "install", "-g", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", prefix, join(folder, tarball));
    expect(run(folder, join(prefix, "bin/crngwatch"), "--version")).toBe(`crngwatch ${version}\n`);
    // The object is for one architecture, and the package may be installed on another.
    expect(readdirSync(join(prefix, "lib/node_modules/crngwatch/native")).toSorted()).toEqual([
      "build.sh",
      "drop-capabilities.c",
      "kernel-call.h",
      "nonblocking-start.c",
      "unix-socket.c",
    ]);
    const installed = join(prefix, "bin/crngwatch");
    expect(run(folder, installed, "report", "--format", "json")).toContain('"health": "ok"');
    if (noMounts !== null) return;

    // At a boot whose CRNG is not ready: the message's own command makes it start.
    const bits = join(folder, "bits");
    writeFileSync(bits, "12\n");
    const [unshare, ...words] = mounted(`mount --bind '${bits}' /proc/sys/kernel/random/entropy_avail`);
    const { status, stdout, stderr } = spawnSync(unshare, [...words, installed, "status"], { encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    const [, command = ""] = /: run '(sh .*\/build\.sh)', which needs a C compiler\n$/.exec(stderr) ?? [];
    expect(command, stderr).not.toBe("");
    if (spawnSync("cc", ["--version"]).error !== undefined) return;
    run(folder, "sh", "-c", command);
    expect(run(folder, unshare, ...words, installed, "--version")).toBe(`crngwatch ${version}\n`);
  }, 120_000);
});
